//go:build cgo

package sqlite

import _ "github.com/mattn/go-sqlite3" // the driver "sqlite3"

const (
	driver = "sqlite3"
	driven = true
)
