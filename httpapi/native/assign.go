package native

import (
	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
)

// readAssignments reads the elements of an array of assignments. A role that the caller does not see is a problem of its element.
func readAssignments(c *httpapi.Call, forms []*wire.Form) ([]perms.Assignment, error) {
	if len(forms) == 0 {
		return nil, nil
	}
	labels, err := c.Book.Roles.Names(c.Context(), c.Actor)
	if err != nil {
		return nil, err
	}
	byKey := make(map[string]uuid.UUID, len(labels))
	for _, label := range labels {
		byKey[label.Key] = label.ID
	}
	list := make([]perms.Assignment, len(forms))
	for i, form := range forms {
		key := form.String("role", wire.Required)
		id, known := byKey[key.Value]
		if key.Set && !known {
			form.Fail("role", wire.CodeUnknown, "names no role")
		}
		list[i] = perms.Assignment{Role: id, Scope: readScope(form), Window: readWindow(form)}
	}
	return list, nil
}

// readScope reads the member tenant of what counts in one tenant or anywhere, as it does by default.
func readScope(form *wire.Form) perms.Scope {
	sent := form.String("tenant", wire.Optional).Or("any")
	if sent == "any" {
		return perms.Anywhere
	}
	id, ok := wire.UUID(sent)
	if !ok {
		form.Fail("tenant", wire.CodeFormat, "must be a tenant's uuid, or any")
		return perms.Anywhere
	}
	return perms.In(id)
}

func readWindow(form *wire.Form) perms.Window {
	return perms.Window{StartsAt: form.Time("starts_at", wire.Optional).Value, ExpiresAt: form.Time("expires_at", wire.Optional).Value}
}
