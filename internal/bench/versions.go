package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// versions tells of what everything is that takes part.
func versions() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s, %s/%s, GOMAXPROCS %d\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0))
	wanted := []string{"github.com/mattn/go-sqlite3"}
	for _, e := range entries() {
		wanted = append(wanted, e.module)
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return text.String()
	}
	for _, m := range info.Deps {
		if slices.Contains(wanted, m.Path) {
			fmt.Fprintf(&text, "%s %s\n", m.Path, m.Version)
		}
	}
	return text.String()
}
