// Package migrations checks what happens to a migration in the world: several processes at once, a kill -9 between any two of its statements, a schema that
// is newer than the program, and a database that an earlier version has left behind. All of it is tests.
package migrations
