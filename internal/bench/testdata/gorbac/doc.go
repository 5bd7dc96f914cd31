// Package gorbac stands for version 1 of gorbac, which the tests of version 2 import and the module proxy does not have. Without it, go mod tidy fails.
package gorbac
