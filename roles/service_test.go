package roles_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

func TestCreate(t *testing.T) {
	w := newWorld(t)
	var made roles.Role
	entry := w.entry(func() {
		var err error
		made, err = w.Create(w.ctx, w.ann.Because("audit").During("4f1c"),
			roles.New{Name: "  Auditor ", Description: "Reads assets", Permissions: []string{"reports.view", "assets.*", "reports.view"}})
		w.ok(err)
	})
	want := roles.Role{ID: made.ID, Number: w.admin.Number + 4, Key: made.ID.String(), Name: "Auditor", Description: "Reads assets",
		Patterns: []perms.Pattern{"assets.*", "reports.view"}, Scope: perms.In(w.acme), CreatedAt: noon, CreatedBy: w.ann.User(), Version: 1}
	if !reflect.DeepEqual(made, want) || made.ID.Version() != 7 {
		t.Errorf("made %+v, want %+v", made, want)
	}
	stored, err := w.store.Role(w.ctx, made.ID)
	w.ok(err)
	if !reflect.DeepEqual(stored, made) {
		t.Errorf("stored %+v, made %+v", stored, made)
	}
	after := perms.Members{"number": float64(made.Number), "key": made.Key, "name": "Auditor", "description": "Reads assets",
		"permissions": []any{"assets.*", "reports.view"}, "tenant": w.acme.String(), "system": false}
	if entry.Action != "role.create" || entry.Target != (perms.Target{Kind: "role", ID: made.ID}) || entry.Tenant != perms.In(w.acme) ||
		entry.Actor.User != w.ann.User() || entry.Reason != "audit" || entry.RequestID != "4f1c" || entry.Before != nil || !reflect.DeepEqual(entry.After, after) {
		t.Errorf("entry is %+v", entry)
	}
}

func TestWhereARoleBelongs(t *testing.T) {
	w := newWorld(t)
	ofType := w.add([]perms.Tenancy{perms.TenantsOfType(perms.TestTenant)}, w.admin)
	for i, c := range []struct {
		actor perms.Actor
		in    perms.Scope
		want  perms.Scope
	}{
		{system, perms.Scope{}, perms.Anywhere},
		{system, perms.In(w.beta), perms.In(w.beta)},
		{w.root, perms.Scope{}, perms.Anywhere},
		{w.root, perms.In(w.beta), perms.In(w.beta)},
		{w.root.In(w.beta), perms.Scope{}, perms.In(w.beta)},
		{w.ann, perms.Scope{}, perms.In(w.acme)},
		{w.ann.In(w.acme), perms.Scope{}, perms.In(w.acme)},
		{ofType, perms.In(w.beta), perms.In(w.beta)},
	} {
		r, err := w.Create(w.ctx, c.actor, roles.New{Name: fmt.Sprint("role ", i), Scope: c.in})
		if err != nil || r.Scope != c.want {
			t.Errorf("%d: belongs to %s, %v, want %s", i, r.Scope, err, c.want)
		}
	}
	for name, c := range map[string]struct {
		actor perms.Actor
		in    perms.Scope
		want  string
	}{
		"nobody's home":         {ofType, perms.Scope{}, "tenant required"},
		"somebody's home":       {w.root, perms.Home, "tenant required"},
		"no tenant":             {w.root, perms.In(uuid.Nil), "tenant required"},
		"an unknown tenant":     {w.root, perms.In(uuid.New()), "tenant unknown"},
		"unknown to the system": {system, perms.In(uuid.New()), "tenant unknown"},
		"another's tenant":      {w.ann, perms.In(w.beta), "tenant unknown"},
		"nobody's tenant":       {w.ann, perms.In(uuid.New()), "tenant unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			w.T = t
			w.refused(perms.ErrInvalid, func() error {
				_, err := w.Create(w.ctx, c.actor, roles.New{Name: "Clerk", Scope: c.in})
				w.invalid(err, c.want)
				return err
			})
		})
	}
}

func TestCreateRefuses(t *testing.T) {
	w := newWorld(t)
	suspended := w.add([]perms.Tenancy{perms.EveryTenant}, w.admin)
	w.change(suspended, func(u *users.User) { u.Status = perms.Suspended })
	halfTime := w.add([]perms.Tenancy{perms.TenantOf(w.acme)}, w.admin)
	w.change(halfTime, func(u *users.User) { u.Roles[0].ExpiresAt = noon.Add(time.Hour) })
	revoked := w.add([]perms.Tenancy{perms.EveryTenant}, w.admin)
	w.change(revoked, func(u *users.User) { u.Overrides = []perms.Override{perms.Revoke("assets.edit").In(w.beta)} })

	view, edit := roles.New{Name: "Clerk", Permissions: []string{"assets.view"}}, roles.New{Name: "Clerk", Permissions: []string{"assets.edit"}}
	in := func(n roles.New, s perms.Scope) roles.New { n.Scope = s; return n }
	for _, c := range []struct {
		name  string
		actor perms.Actor
		in    roles.New
		want  error
	}{
		{"nobody", perms.Actor{}, view, perms.ErrNoActor},
		{"a guest", perms.Guest(), view, perms.ErrForbidden},
		{"an unknown user", perms.As(uuid.New()), view, perms.ErrForbidden},
		{"a suspended user", suspended, view, perms.ErrForbidden},
		{"who lacks the key", w.vic, view, perms.ErrForbidden},
		{"who lacks the key in that tenant", w.both, in(view, perms.In(w.beta)), perms.ErrForbidden},
		{"narrowed to another tenant", w.root.In(w.acme), in(view, perms.In(w.beta)), perms.ErrForbidden},
		{"a global role, by a tenant's", w.ann, in(view, perms.Anywhere), perms.ErrForbidden},
		{"a global role, by staff narrowed", w.root.In(w.acme), in(view, perms.Anywhere), perms.ErrForbidden},
		{"what he lacks", w.both, roles.New{Name: "Clerk", Permissions: []string{"reports.view"}}, perms.ErrEscalation},
		{"what a wildcard holds that he lacks", w.both, roles.New{Name: "Clerk", Permissions: []string{"*.*"}}, perms.ErrEscalation},
		{"what he holds for an hour", halfTime, view, perms.ErrEscalation},
		{"what he lacks in one tenant", revoked, edit, perms.ErrEscalation},
		{"what he lacks in that tenant", revoked, in(edit, perms.In(w.beta)), perms.ErrEscalation},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.T = t
			w.refused(c.want, func() error { _, err := w.Create(w.ctx, c.actor, c.in); return err })
		})
	}
	w.T = t
	w.create(revoked, "View everywhere", "assets.view")
	_, err := w.Create(w.ctx, revoked, in(edit, perms.In(w.acme)))
	w.ok(err)
	feature, err := w.Create(w.ctx, w.both, roles.New{Name: "AI", Permissions: []string{string(perms.FeaturesAI)}})
	if err != nil || feature.Scope != perms.In(w.acme) {
		t.Errorf("a feature is no authority, and yet: %v", err)
	}
}

func TestValuesOfARole(t *testing.T) {
	w := newWorld(t)
	_, err := w.book.Roles.Seed(w.ctx, system, roles.Preset{Roles: []roles.PresetRole{{Key: "client_admin", Name: "Client Admin"}}})
	w.ok(err)
	long, many := strings.Repeat("ä", roles.MaxName+1), manyPatterns(roles.MaxPatterns+1)
	for name, c := range map[string]struct {
		in   roles.New
		want []string
	}{
		"no name":                {roles.New{Name: " \t "}, []string{"name required"}},
		"a long name":            {roles.New{Name: long}, []string{"name too_long"}},
		"a name of two lines":    {roles.New{Name: "a\nb"}, []string{"name format"}},
		"a name that turns":      {roles.New{Name: "a\u202eb"}, []string{"name format"}},
		"an id":                  {roles.New{Name: "0197A1D3-0000-7000-8000-000000000000"}, []string{"name format"}},
		"a system role's key":    {roles.New{Name: "client_admin"}, []string{"name format"}},
		"such a key in capitals": {roles.New{Name: "Client_Admin"}, []string{"name format"}},
		"a long description":     {roles.New{Name: "a", Description: strings.Repeat("x", perms.MaxDescription+1)}, []string{"description too_long"}},
		"no pattern":             {roles.New{Name: "a", Permissions: []string{"assets.view", "*", "*.view", "Assets.view", ""}}, []string{"permissions[1] format", "permissions[2] format", "permissions[3] format", "permissions[4] format"}},
		"matches nothing":        {roles.New{Name: "a", Permissions: []string{"assets.copy", "asset.*"}}, []string{"permissions[0] unknown", "permissions[1] unknown"}},
		"all at once": {roles.New{Description: "\x00", Permissions: []string{"*"}, Scope: perms.In(uuid.New())},
			[]string{"name required", "description format", "permissions[0] format", "tenant unknown"}},
	} {
		t.Run(name, func(t *testing.T) {
			w.T = t
			w.refused(perms.ErrInvalid, func() error {
				_, err := w.Create(w.ctx, w.root, c.in)
				w.invalid(err, c.want...)
				return err
			})
		})
	}
	w.T = t
	for _, in := range []roles.New{{Name: long[2:], Description: strings.Repeat("ä", perms.MaxDescription)}, {Name: "no permissions"}, {Name: "twice", Permissions: append(manyTimes("assets.*", 2000), "reports.view")}} {
		_, err := w.Create(w.ctx, w.root, in)
		w.ok(err)
	}
	keys := make([]perms.Key, len(many))
	for i, p := range many {
		keys[i].Permission = perms.Permission(p)
	}
	w.ok(w.book.Seed(w.ctx, system, roles.Preset{Keys: keys}))
	_, err = w.Create(w.ctx, w.root, roles.New{Name: "too many", Permissions: many})
	w.invalid(err, "permissions too_long")
	full := w.create(w.root, "just enough", many[1:]...)
	_, err = w.Update(w.ctx, w.root, full.ID, roles.Update{Add: many[:1]})
	w.invalid(err, "add too_long")
	_, err = w.Update(w.ctx, w.root, full.ID, roles.Update{Add: many[:1], Remove: many[1:2]})
	w.ok(err)
}

func manyPatterns(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("many.key%d", i)
	}
	return out
}

func manyTimes(s string, n int) []string { return slices.Repeat([]string{s}, n) }

func TestNamesAreUnique(t *testing.T) {
	w := newWorld(t)
	w.create(w.root, "Clerk")
	w.createIn(w.root, w.beta, "Porter")
	for name, c := range map[string]struct {
		scope perms.Scope
		role  string
		want  error
	}{
		"global beside global":      {perms.Anywhere, "CLERK", roles.ErrNameTaken},
		"a tenant's beside global":  {perms.In(w.acme), "clerk", roles.ErrNameTaken},
		"global beside a tenant's":  {perms.Anywhere, "porter", roles.ErrNameTaken},
		"beside the same tenant's":  {perms.In(w.beta), "PORTER", roles.ErrNameTaken},
		"beside another tenant's":   {perms.In(w.acme), "Porter", nil},
		"what is only like another": {perms.Anywhere, "Clerks", nil},
	} {
		t.Run(name, func(t *testing.T) {
			w.T = t
			create := func() error {
				_, err := w.Create(w.ctx, w.root, roles.New{Name: c.role, Scope: c.scope})
				return err
			}
			if c.want == nil {
				w.ok(create())
				return
			}
			w.refused(c.want, create)
		})
	}
}

func TestUpdate(t *testing.T) {
	w := newWorld(t)
	r := w.create(w.ann, "Clerk", "assets.view", "assets.edit")
	name, description := " Head Clerk ", "Keeps the books"
	var updated roles.Role
	entry := w.entry(func() {
		var err error
		updated, err = w.Update(w.ctx, w.ann, r.ID, roles.Update{Name: &name, Description: &description,
			Add: []string{"reports.view", "assets.view", "reports.view"}, Remove: []string{"assets.edit", "assets.*", "nonsense"}, Version: 1})
		w.ok(err)
	})
	want := r
	want.Name, want.Description, want.Patterns, want.Version = "Head Clerk", description, []perms.Pattern{"assets.view", "reports.view"}, 2
	if !reflect.DeepEqual(updated, want) {
		t.Errorf("updated to %+v, want %+v", updated, want)
	}
	if stored, err := w.Get(w.ctx, w.ann, r.ID); err != nil || !reflect.DeepEqual(stored, want) {
		t.Errorf("stored %+v, %v", stored, err)
	}
	before := perms.Members{"name": "Clerk", "description": "", "permissions": []any{"assets.edit", "assets.view"}}
	after := perms.Members{"name": "Head Clerk", "description": description, "permissions": []any{"assets.view", "reports.view"}}
	if entry.Action != "role.update" || entry.Target.ID != r.ID || entry.Tenant != perms.In(w.acme) || !reflect.DeepEqual(entry.Before, before) || !reflect.DeepEqual(entry.After, after) {
		t.Errorf("entry is %+v", entry)
	}
}

// The journal tells of an edit what differs between the records before and after it, and no more.
func TestTheEntryOfAnEdit(t *testing.T) {
	w := newWorld(t)
	name, description := "Head Clerk", "Keeps the books"
	for _, up := range []roles.Update{
		{Name: &name},
		{Description: &description},
		{Add: []string{"assets.*"}},
		{Remove: []string{"assets.view", "reports.view"}},
		{Name: &name, Description: &description, Add: []string{"assets.delete", "reports.*"}, Remove: []string{"assets.edit"}},
	} {
		old := w.create(w.ann, "Clerk", "assets.view", "assets.edit", "reports.view")
		var r roles.Role
		entry := w.entry(func() {
			var err error
			r, err = w.Update(w.ctx, w.ann, old.ID, up)
			w.ok(err)
		})
		before, after := perms.Differing(roles.Record(old), roles.Record(r))
		if !reflect.DeepEqual(entry.Before, before) || !reflect.DeepEqual(entry.After, after) || len(after) == 0 {
			t.Errorf("the entry of %+v is of %v to %v, want %v to %v", up, entry.Before, entry.After, before, after)
		}
		w.ok(w.Delete(w.ctx, w.ann, old.ID, 0))
	}
}

func TestAnEditThatChangesNothing(t *testing.T) {
	w := newWorld(t)
	r := w.create(w.ann, "Clerk", "assets.view")
	before := w.state()
	same, padded := r.Name, " Clerk "
	for _, up := range []roles.Update{{}, {Version: 1}, {Name: &same}, {Name: &padded}, {Description: &r.Description}, {Add: []string{"assets.view"}}, {Remove: []string{"assets.edit", "*"}}} {
		got, err := w.Update(w.ctx, w.ann, r.ID, up)
		if err != nil || !reflect.DeepEqual(got, r) {
			t.Errorf("%+v: %+v, %v", up, got, err)
		}
	}
	if after := w.state(); !reflect.DeepEqual(before, after) {
		t.Errorf("nothing was changed, and yet\nbefore %+v\nafter  %+v", before, after)
	}
}

func TestUpdateRefuses(t *testing.T) {
	w := newWorld(t)
	_, err := w.Seed(w.ctx, system, roles.Preset{Roles: []roles.PresetRole{{Key: "keeper", Name: "Keeper", Patterns: []perms.Pattern{"assets.view"}}}})
	w.ok(err)
	keeper, err := w.store.RoleByKey(w.ctx, "keeper")
	w.ok(err)
	own := w.createIn(w.root, w.acme, "Clerk", "assets.view")
	strange := w.createIn(w.root, w.beta, "Porter", "assets.view")
	global := w.create(w.root, "Global", "assets.view")
	half := w.add([]perms.Tenancy{perms.TenantOf(w.acme)}, w.admin)
	w.change(half, func(u *users.User) { u.Roles[0].ExpiresAt = noon.Add(time.Hour) })
	taken, empty, reserved := "GLOBAL", "", "keeper"
	for name, c := range map[string]struct {
		actor perms.Actor
		id    uuid.UUID
		up    roles.Update
		want  error
	}{
		"nobody":                     {perms.Actor{}, own.ID, roles.Update{}, perms.ErrNoActor},
		"who lacks the key":          {w.vic, own.ID, roles.Update{}, perms.ErrForbidden},
		"unknown":                    {w.root, uuid.New(), roles.Update{}, roles.ErrNotFound},
		"no id":                      {w.root, uuid.Nil, roles.Update{}, roles.ErrNotFound},
		"another tenant's":           {w.ann, strange.ID, roles.Update{Name: &empty}, roles.ErrNotFound},
		"where he only reads":        {w.both, strange.ID, roles.Update{}, roles.ErrNotFound},
		"narrowed elsewhere":         {w.root.In(w.acme), strange.ID, roles.Update{}, roles.ErrNotFound},
		"global, by a tenant's":      {w.ann, global.ID, roles.Update{Name: &own.Name}, perms.ErrForbidden},
		"global, and invalid":        {w.ann, global.ID, roles.Update{Name: &empty}, perms.ErrInvalid},
		"a system role":              {w.root, keeper.ID, roles.Update{Add: []string{"assets.edit"}}, roles.ErrSystem},
		"a system role, unchanged":   {system, keeper.ID, roles.Update{}, roles.ErrSystem},
		"no name":                    {w.ann, own.ID, roles.Update{Name: &empty}, perms.ErrInvalid},
		"a system role's key":        {w.ann, own.ID, roles.Update{Name: &reserved}, perms.ErrInvalid},
		"a bad pattern":              {w.ann, own.ID, roles.Update{Add: []string{"*.view"}}, perms.ErrInvalid},
		"added and removed":          {w.ann, own.ID, roles.Update{Add: []string{"assets.edit"}, Remove: []string{"assets.edit"}}, perms.ErrInvalid},
		"what he lacks":              {w.both, own.ID, roles.Update{Add: []string{"reports.view"}}, perms.ErrEscalation},
		"what he holds for an hour":  {half, own.ID, roles.Update{Add: []string{"reports.view"}}, perms.ErrEscalation},
		"what he lacks, and stale":   {w.both, own.ID, roles.Update{Add: []string{"reports.view"}, Version: 9}, perms.ErrEscalation},
		"a name in use":              {w.ann, own.ID, roles.Update{Name: &taken}, roles.ErrNameTaken},
		"an older version":           {w.ann, own.ID, roles.Update{Add: []string{"assets.edit"}, Version: 9}, roles.ErrStale},
		"another version, unchanged": {w.ann, own.ID, roles.Update{Version: 2}, roles.ErrStale},
	} {
		t.Run(name, func(t *testing.T) {
			w.T = t
			w.refused(c.want, func() error { _, err := w.Update(w.ctx, c.actor, c.id, c.up); return err })
		})
	}
	w.T = t
	_, err = w.Update(w.ctx, w.ann, own.ID, roles.Update{Add: []string{"reports.view", "*.view", "assets.copy"}, Remove: []string{"x", "reports.view"}})
	w.invalid(err, "add[1] format", "add[2] unknown", "remove[1] duplicate")
}

func TestAnEditIsWeighedByWhatItAdds(t *testing.T) {
	w := newWorld(t)
	r := w.createIn(w.root, w.acme, "Clerk", "reports.view", "assets.view")
	name := "Head Clerk"
	// both holds assets.* in acme, and no reports.view: what is there already is not his to give, and not his to weigh.
	for _, up := range []roles.Update{{Name: &name}, {Add: []string{"assets.edit"}}, {Remove: []string{"reports.view"}}, {Add: []string{"assets.*"}}} {
		_, err := w.Update(w.ctx, w.both, r.ID, up)
		w.ok(err)
	}
	w.refused(perms.ErrEscalation, func() error {
		_, err := w.Update(w.ctx, w.both, r.ID, roles.Update{Add: []string{"reports.view"}})
		return err
	})
}

func TestHoldersHoldTheEditAtOnce(t *testing.T) {
	w := newWorld(t)
	r := w.create(w.root, "Clerk", "assets.view")
	eve := w.add([]perms.Tenancy{perms.TenantOf(w.acme)}, r)
	_, err := w.Update(w.ctx, w.root, r.ID, roles.Update{Add: []string{"assets.edit"}, Remove: []string{"assets.view"}})
	w.ok(err)
	if w.book.Perms.Can(w.ctx, eve.User(), "assets.view", perms.Home) || !w.book.Perms.Can(w.ctx, eve.User(), "assets.edit", perms.Home) {
		t.Error("a holder still has what the role gave before")
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	for _, lost := range perms.Critical() {
		w := newWorld(t)
		w.change(w.root, func(u *users.User) { u.Roles[0].ExpiresAt = noon.Add(time.Hour) })
		patterns := []string{}
		for _, p := range perms.Critical() {
			patterns = append(patterns, string(p))
		}
		r := w.create(system, "Administrators", patterns...)
		w.add([]perms.Tenancy{perms.EveryTenant}, r)
		for _, actor := range []perms.Actor{system, w.root} {
			w.refused(perms.ErrLockout, func() error {
				_, err := w.Update(w.ctx, actor, r.ID, roles.Update{Remove: []string{string(lost)}})
				return err
			})
		}
		_, err := w.Update(w.ctx, system, r.ID, roles.Update{Add: []string{"*.*"}})
		w.ok(err)
		_, err = w.Update(w.ctx, system, r.ID, roles.Update{Remove: []string{string(lost)}})
		w.ok(err) // *.* still gives it
		w.add([]perms.Tenancy{perms.EveryTenant}, w.admin)
		_, err = w.Update(w.ctx, system, r.ID, roles.Update{Remove: append(patterns, "*.*")})
		w.ok(err) // another administrator is left
	}
}

func TestAStoreWithoutAdministratorIsNotLockedOut(t *testing.T) {
	w := newWorld(t)
	w.change(w.root, func(u *users.User) { u.Status = perms.Suspended })
	_, err := w.Update(w.ctx, system, w.admin.ID, roles.Update{Remove: []string{"*.*"}})
	w.ok(err)
}

func TestDelete(t *testing.T) {
	w := newWorld(t)
	r := w.create(w.ann, "Clerk", "assets.view")
	entry := w.entry(func() { w.ok(w.Delete(w.ctx, w.ann, r.ID, 1)) })
	if entry.Action != "role.delete" || entry.Target != (perms.Target{Kind: "role", ID: r.ID}) || entry.Tenant != perms.In(w.acme) ||
		!reflect.DeepEqual(entry.Before, roles.Record(r)) || entry.After != nil {
		t.Errorf("entry is %+v", entry)
	}
	w.refused(roles.ErrNotFound, func() error { return w.Delete(w.ctx, w.ann, r.ID, 0) })
	if again := w.create(w.ann, "Clerk"); again.Number <= r.Number {
		t.Errorf("number %d is given again", again.Number)
	}
}

func TestDeleteRefuses(t *testing.T) {
	w := newWorld(t)
	_, err := w.Seed(w.ctx, system, roles.Preset{Roles: []roles.PresetRole{{Key: "keeper", Name: "Keeper"}}})
	w.ok(err)
	keeper, err := w.store.RoleByKey(w.ctx, "keeper")
	w.ok(err)
	held := w.createIn(w.root, w.acme, "Held", "assets.view")
	eve := w.add([]perms.Tenancy{perms.TenantOf(w.acme)}, held)
	free, strange, global := w.createIn(w.root, w.acme, "Free"), w.createIn(w.root, w.beta, "Strange"), w.create(w.root, "Global")
	for name, c := range map[string]struct {
		actor   perms.Actor
		id      uuid.UUID
		version int64
		want    error
	}{
		"nobody":                {perms.Actor{}, free.ID, 0, perms.ErrNoActor},
		"who lacks the key":     {w.vic, free.ID, 0, perms.ErrForbidden},
		"unknown":               {w.root, uuid.New(), 0, roles.ErrNotFound},
		"another tenant's":      {w.ann, strange.ID, 0, roles.ErrNotFound},
		"global, by a tenant's": {w.ann, global.ID, 0, perms.ErrForbidden},
		"a system role":         {system, keeper.ID, 0, roles.ErrSystem},
		"another version":       {w.ann, free.ID, 2, roles.ErrStale},
		"held by a user":        {w.ann, held.ID, 1, roles.ErrInUse},
		"held, by the system":   {system, held.ID, 0, roles.ErrInUse},
	} {
		t.Run(name, func(t *testing.T) {
			w.T = t
			w.refused(c.want, func() error { return w.Delete(w.ctx, c.actor, c.id, c.version) })
		})
	}
	w.T = t
	w.change(eve, func(u *users.User) { u.Status, u.DeletedAt = perms.Deleted, noon })
	w.ok(w.Delete(w.ctx, w.ann, held.ID, 0))
	w.ok(w.Delete(w.ctx, w.root, strange.ID, 0))
}
