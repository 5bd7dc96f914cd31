package transcript

import (
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	const (
		vic    = "0197a1b2-0000-7000-8000-000000000005"
		other  = "0197a1b2-0000-7000-8000-000000000006"
		third  = "0197a1b2-0000-7000-8000-000000000007"
		suffix = "0123456789012345678901234567890123456789_-A"
	)
	n := newNames()
	n.call(vic, "vic")
	shown := n.hide(`{"id":"` + vic + `","by":"` + other + `","token":"rbi_` + suffix + `","url":"http://x/rbi_` + suffix + `","rb_` + suffix + `"` + third + other)
	if want := `{"id":"U(vic)","by":"U(1)","token":"rbi_(1)","url":"http://x/rbi_(1)","rb_(1)"U(2)U(1)`; shown != want {
		t.Errorf("hide: %s\nwant  %s", shown, want)
	}
	revealed, err := n.reveal("/users/U(vic)/U(2)?token=rbi_(1)")
	if err != nil || revealed != "/users/"+vic+"/"+third+"?token=rbi_"+suffix {
		t.Errorf("reveal: %s, %v", revealed, err)
	}
	if _, err := n.reveal("rbl_(1)"); err == nil || !strings.Contains(err.Error(), "rbl_(1)") {
		t.Errorf("a name that nobody gave: %v", err)
	}
}
