// Package transcript plays recorded conversations with a rolebook server against a store, and compares every byte of the answers.
//
// A transcript is a text file. It begins from a fresh store with the fixture of wire/README.md, section 2, and reads like a log of curl:
//
//	# Inviting again replaces the invite.
//	as ann
//	> POST /msp/api/invites
//	> {"email":"new@acme.io","role_id":3}
//	< 201
//	< {"token":"rbi_(1)","invite_url":"http://rolebook.test/invite/rbi_(1)","id":1,"expires_at":"2026-05-04T10:00:00Z"}
//
//	advance 72h
//
//	as guest
//	> GET /msp/api/invites/validate/rbi_(1)
//	< 410
//	< {"detail":"Invite has expired"}
//
// Lines that begin with > are sent: the request line, headers, and from the first line that is no header, or behind an empty one, the body. Lines that
// begin with < are the answer: the status, every header beside those that all answers have (which are checked, and not shown), the body. "as" says who
// asks from here on: a short name of the fixture, or guest for nobody. "advance" moves the clock, which stands still otherwise. # begins a comment.
//
// A uuid reads U(name) and a token rb_(name), rbi_(name) or rbl_(name), in requests and answers alike: by the short name of the fixture's user or
// tenant, otherwise by a number in the order of first appearance. Nothing else of an answer is chosen at random, so everything else is compared as it
// is, and one file holds for every store.
//
// With the flag -update the answers are written anew, by what the first store answers; review the diff.
package transcript

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the answers in the transcripts")

// Run plays every file that the pattern matches against every host, each time from a fresh fixture. The answers are those of the file, and those of all
// hosts are the same to the byte, names of uuids and tokens for what is random.
func Run(t *testing.T, pattern string, hosts ...Host) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts at %s: %v", pattern, err)
	}
	first := map[string]string{} // by file, what the first host has answered
	for i, host := range hosts {
		t.Run(host.Name, func(t *testing.T) {
			for _, file := range files {
				name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
				t.Run(name, func(t *testing.T) {
					got := play(t, host, file, *update && i == 0)
					if want, ok := first[file]; ok && got != want {
						t.Errorf("%s: %s does not answer as %s does\n%s", file, host.Name, hosts[0].Name, firstDifference(want, got))
					}
					if i == 0 {
						first[file] = got
					}
				})
			}
		})
	}
}

// play plays one file, compares or rewrites it, and returns it with the answers that came.
func play(t testing.TB, host Host, file string, rewrite bool) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := parse(string(text))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	stage := host.Start(t)
	for i := range steps {
		if err := steps[i].play(t, stage); err != nil {
			t.Fatalf("%s:%d: %v", file, steps[i].line, err)
		}
	}
	got := render(steps)
	if rewrite {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got != string(text) {
		t.Errorf("%s: the answers differ; if that was meant: go test -update, and review the diff\n%s", file, firstDifference(string(text), got))
	}
	return got
}

// firstDifference returns the first line that is not the same in both texts.
func firstDifference(want, got string) string {
	wanted, answered := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(wanted), len(answered)) {
		w, g := lineAt(wanted, i), lineAt(answered, i)
		if w != g {
			return fmt.Sprintf("line %d\nwant %s\ngot  %s", i+1, w, g)
		}
	}
	return ""
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(end)"
}
