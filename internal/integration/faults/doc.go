// Package faults breaks what stores stand on, and checks what is left: processes and servers are killed, stopped and cut off, commits are lost on their
// way, replicas fall behind and take over, and processes race for the same row. All of it is tests.
//
// What takes minutes is done a few times by default. ROLEBOOK_FAULTS=full does all of it. Tests with a server of their own, which they wait for most of the
// time, run side by side; those that measure how soon something is known do not.
//
// The rule people get wrong: a fault that never struck proves nothing. Each test counts its faults, and has a control beside it: the same without what it
// tests, which has to fail.
package faults
