// Package cgofree checks a program without cgo, whose SQLite is modernc.org/sqlite, behind sqlstore.New. All of it is tests.
//
// The rule people get wrong: with cgo there is nothing here. Make test runs the tests with CGO_ENABLED=0.
package cgofree
