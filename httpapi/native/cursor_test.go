package native_test

import (
	"net/http"
	"testing"
)

// The cursor of a list holds for that list alone.
func TestCursorsHoldForTheirList(t *testing.T) {
	stage := onMemory().Start(t).As("root")
	lists := []string{"/users", "/tenants", "/roles", "/permissions/assets.view/holders", "/permissions/assets.edit/holders"}
	for _, made := range lists {
		var page struct {
			Next string `json:"next_cursor"`
		}
		stage.Must(t, http.StatusOK, http.MethodGet, "/native/v1"+made+"?limit=1", "").Decode(t, &page)
		if page.Next == "" {
			t.Fatalf("%s has one page", made)
		}
		for _, asked := range lists {
			want := http.StatusBadRequest
			if asked == made {
				want = http.StatusOK
			}
			stage.Must(t, want, http.MethodGet, "/native/v1"+asked+"?limit=1&cursor="+page.Next, "")
		}
	}
}
