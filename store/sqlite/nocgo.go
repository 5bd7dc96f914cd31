//go:build !cgo

package sqlite

const (
	driver = ""
	driven = false
)
