package native_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Of what has been archived a client learns that it is gone; who begins to read the journal begins with what is left.
func TestArchivedJournal(t *testing.T) {
	s := onMemory().Start(t)
	vic := people(t, s)["vic"].ID.String()
	head, err := s.Store.Head(t.Context())
	must(t, err)
	s.Advance(time.Hour)
	s.As("vic").Must(t, http.StatusOK, http.MethodPatch, "/native/v1/me", `{"phone":"+49 30 1234"}`)
	_, err = s.Book.Journal.Archive(t.Context(), perms.System("test"), s.Now(), func([]perms.Entry) error { return nil })
	must(t, err)
	var page struct {
		Items []struct{ Revision perms.Revision }
		Next  perms.Revision
	}
	for _, path := range []string{"/native/v1/journal", "/native/v1/journal?limit=1"} {
		s.As("root").Must(t, http.StatusOK, http.MethodGet, path, "").Decode(t, &page)
		if len(page.Items) != 1 || page.Items[0].Revision != head.Revision+1 || page.Next != head.Revision+1 {
			t.Errorf("%s: %+v", path, page)
		}
	}
	for path, field := range map[string]string{
		"/native/v1/journal?after=0": "after",
		"/native/v1/journal?after=1": "after",
		"/native/v1/users/" + vic + "/permissions?as_of=2026-05-01T09:59:59.999999Z": "as_of",
	} {
		a := s.As("root").Must(t, http.StatusUnprocessableEntity, http.MethodGet, path, "")
		if !strings.Contains(a.Body, `"field":"`+field+`","code":"range"`) || !strings.Contains(a.Body, "2026-05-01T10:00:00Z") {
			t.Errorf("%s: %s", path, a.Body)
		}
	}
	s.As("root").Must(t, http.StatusOK, http.MethodGet, "/native/v1/users/"+vic+"/permissions?as_of=2026-05-01T10:00:00Z", "")
}
