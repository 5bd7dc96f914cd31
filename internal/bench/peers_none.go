//go:build !peers

package main

// peers are left out: they take minutes to compile.
func peers() []entry { return nil }
