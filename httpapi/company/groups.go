package company

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
)

// readGroups reads the member groups: numbers of roles that the caller may see, each as an integer, as a string of digits, because forms send them, or as
// an object with such an id, because that is what a client has read. Of equal ones the first stays.
func readGroups(c *httpapi.Call, form *wire.Form) (wire.Opt[[]uuid.UUID], error) {
	sent := form.Array("groups", wire.Optional)
	if !sent.Set {
		return wire.Opt[[]uuid.UUID]{}, nil
	}
	known, err := readNumbers(c)
	if err != nil {
		return wire.Opt[[]uuid.UUID]{}, err
	}
	list := []uuid.UUID{}
	for i, element := range sent.Value {
		text, ok := digits(element.Value())
		number, _ := wire.Number(text)
		role, found := known[number]
		switch {
		case !ok:
			form.Fail(fmt.Sprintf("groups[%d]", i), wire.CodeType, "must be the id of a group")
		case !found:
			form.Fail(fmt.Sprintf("groups[%d]", i), wire.CodeUnknown, fmt.Sprintf(`Invalid pk "%.20s" - object does not exist.`, text))
		case !slices.Contains(list, role):
			list = append(list, role)
		}
	}
	return wire.Some(list), nil
}

// readNumbers returns the ids of the roles that the caller may see, by their numbers.
func readNumbers(c *httpapi.Call) (map[int64]uuid.UUID, error) {
	labels, err := c.Book.Roles.Names(c.Context(), c.Actor)
	known := make(map[int64]uuid.UUID, len(labels))
	for _, label := range labels {
		known[label.Number] = label.ID
	}
	return known, err
}

// digits returns the id in an element of groups as it was written.
func digits(v wire.Value) (text string, ok bool) {
	if v.Kind() == wire.KindObject {
		v = v.Member("id")
	}
	switch v.Kind() {
	case wire.KindInteger:
		return v.Raw(), true
	case wire.KindString:
		text = v.Text()
		return text, text != "" && strings.Trim(text, "0123456789") == ""
	}
	return "", false
}
