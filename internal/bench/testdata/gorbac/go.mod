module github.com/mikespook/gorbac

go 1.26.0
