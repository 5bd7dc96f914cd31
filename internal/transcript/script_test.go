package transcript

import (
	"reflect"
	"testing"
)

const script = `# A comment.
as ann
> PUT /msp/api/users/5?x=1
> X-Test: one
> X-Test: two
>
> {"name":
>  "Vic"}
< 200
< {"id":5}
> GET /msp/api/users
< 200

advance 72h
`

func TestParseAndRender(t *testing.T) {
	steps, err := parse(script)
	if err != nil {
		t.Fatal(err)
	}
	if got := render(steps); got != script {
		t.Errorf("render is not the inverse of parse:\n%s", got)
	}
	var requests []Request
	for _, s := range steps {
		if s.sent == nil {
			continue
		}
		r, err := readRequest(newNames(), s.sent)
		if err != nil {
			t.Fatal(err)
		}
		requests = append(requests, r)
	}
	want := []Request{
		{Method: "PUT", Path: "/msp/api/users/5?x=1", Header: map[string][]string{"X-Test": {"one", "two"}}, Body: "{\"name\":\n \"Vic\"}"},
		{Method: "GET", Path: "/msp/api/users", Header: map[string][]string{}},
	}
	if !reflect.DeepEqual(requests, want) {
		t.Errorf("requests %#v\nwant %#v", requests, want)
	}
}

func TestScriptErrors(t *testing.T) {
	if _, err := parse("as ann\n< 200"); err == nil {
		t.Error("an answer without a request is accepted")
	}
	if _, err := readRequest(newNames(), []string{"GET"}); err == nil {
		t.Error("a request without a path is accepted")
	}
	stage := &Stage{tokens: map[string]string{"guest": "", "ann": "rb_x"}}
	for _, line := range []string{"as bob", "advance soon", "wait 3s"} {
		if stage.direct(line) == nil {
			t.Errorf("%q is accepted", line)
		}
	}
	for _, line := range []string{"", "# as bob", "as ann", "as guest", "advance 1h"} {
		if err := stage.direct(line); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestFirstDifference(t *testing.T) {
	if got := firstDifference("a\nb\n", "a\nc\n"); got != "line 2\nwant b\ngot  c" {
		t.Errorf("%q", got)
	}
	if got := firstDifference("a", "a\nb"); got != "line 2\nwant (end)\ngot  b" {
		t.Errorf("%q", got)
	}
}
