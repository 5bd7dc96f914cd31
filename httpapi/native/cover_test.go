package native

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"
)

// Whatever the answers of the routes will be like, a dry run tells of no id that it has made up, of no number of what has none, and not of its own time as
// that of a change.
func TestCover(t *testing.T) {
	made := uuid.MustParse("00000000-0000-7000-8000-000000000001")
	u := ungiven{at: "2026-05-01T10:00:00Z", made: []uuid.UUID{made}}
	const m, g, at = `"00000000-0000-7000-8000-000000000001"`, `"00000000-0000-7000-8000-000000000002"`, `"2026-05-01T10:00:00Z"`
	for _, row := range []struct{ body, want string }{
		{``, `null`},
		{m, `null`},
		{g, g},
		{`7`, `7`},
		{`[` + m + `,` + g + `,[` + m + `]]`, `[null,` + g + `,[null]]`},
		{`{"id":` + m + `,"number":7,"created_at":` + at + `,"name":"A"}`, `{"id":null,"number":null,"created_at":null,"name":"A"}`},
		{`{"role":` + m + `,"number":7}`, `{"role":null,"number":null}`},
		{`{"id":` + g + `,"number":7,"created_at":` + at + `}`, `{"id":` + g + `,"number":7,"created_at":` + at + `}`},
		{`{"updated_at":` + at + `,"by":` + m + `,"number":7,"created_at":` + at + `}`, `{"updated_at":null,"by":null,"number":7,"created_at":` + at + `}`},
		{`{"items":[{"id":` + m + `,"number":7},{"id":` + g + `,"number":8}]}`, `{"items":[{"id":null,"number":null},{"id":` + g + `,"number":8}]}`},
		{`{"set_at":` + at + `,"deleted_at":` + at + `,"purged_at":` + at + `,"starts_at":` + at + `}`, `{"set_at":null,"deleted_at":null,"purged_at":null,"starts_at":` + at + `}`},
		{`{"updated_at":"2026-05-01T09:00:00Z"}`, `{"updated_at":"2026-05-01T09:00:00Z"}`},
	} {
		if got := string(u.cover("", json.RawMessage(row.body))); got != row.want {
			t.Errorf("%s: %s, want %s", row.body, got, row.want)
		}
	}
}
