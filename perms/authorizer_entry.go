package perms

import (
	"cmp"
	"math"
	"slices"
	"time"
	"unsafe"

	"github.com/google/uuid"
)

// entry is what is kept of a user: what his roles and overrides come to at each place where that differs, resolved, but no decision. It is never changed.
// With his id it has the size of one line of a processor's cache: what is looked up at random costs one line, and not two.
type entry struct {
	home    uuid.UUID // his home tenant, if housed
	view              // at home; on the platform for a user without a home tenant
	more    *details  // nil for a user of one tenant, without windows and objects
	objects uint32    // of [cache.shares]: what is shared with him is as of then
	active  bool
	housed  bool
}

// view is what bears on a user's permissions at one place.
type view struct {
	roles     *roleSet  // nil if the place is not in his scope
	overrides *[]ruling // by number; nil for none, which is what most have
}

func (v *view) rulings() []ruling {
	if v.overrides == nil {
		return nil
	}
	return *v.overrides
}

// ruling is what the overrides of one permission say together: its number, and the three bits below.
type ruling uint32

const (
	rulingRevoked ruling = 1 << iota // by an override in force
	rulingGranted                    // by an override in force
	rulingExpired                    // a grant is over
	rulingBits    = 3
)

func (r ruling) number() uint32 { return uint32(r >> rulingBits) }

// details is what most users do not have.
type details struct {
	from, until int64         // he is resolved for these microseconds: [from, until)
	subject     *Subject      // to resolve him anew beyond them; nil if no window bears on him
	objects     []ObjectGrant // shared with him
	platform    view          //
	named       []namedView   // the tenants that anything of his names, home apart
	unnamed     *[4]view      // the other tenants, by the order of [TenantTypes]; nil if none is in his scope
}

type namedView struct {
	tenant uuid.UUID
	view
}

// at returns what an entry says of a scope, nil for a place that is not in the user's; ok is unset if that takes the type of a tenant which is not known, and for the zero Scope.
func (c *cache) at(e *entry, scope *Scope) (v *view, ok bool) {
	switch {
	case scope.kind == home, scope.kind == inTenant && e.housed && e.home == scope.tenant, scope.kind == anywhere && !e.housed:
		return &e.view, true
	case scope.kind == noScope:
		return nil, false
	case e.more == nil:
		return nil, true
	case scope.kind == anywhere:
		return &e.more.platform, true
	}
	return c.elsewhere(e.more, &scope.tenant)
}

// elsewhere returns what the details say of a tenant that is not the home.
func (c *cache) elsewhere(d *details, tenant *uuid.UUID) (v *view, ok bool) {
	for i := range d.named {
		if d.named[i].tenant == *tenant {
			return &d.named[i].view, true
		}
	}
	if d.unnamed == nil {
		return nil, true
	}
	known := c.tenants.Load().find(tenant)
	if known == nil {
		return nil, false
	}
	return d.unnamedOf(known.thing), true
}

func (d *details) unnamedOf(typ TenantType) *view {
	if i := typeIndex(typ); i >= 0 {
		return &d.unnamed[i]
	}
	return nil
}

// typeIndex returns the position of a type in [TenantTypes], or -1.
func typeIndex(typ TenantType) int {
	switch typ {
	case TestTenant:
		return 0
	case ProductionTenant:
		return 1
	case RetiredTenant:
		return 2
	case DeletedTenant:
		return 3
	}
	return -1
}

// resolver makes entries of subjects.
type resolver struct {
	names *names
	now   time.Time
	types func(tenant uuid.UUID) TenantType
	set   func(inForce, over []*Held) *roleSet

	inForce, over []*Held // of the view that is being made
}

// entry resolves a subject.
func (r *resolver) entry(s *Subject) entry {
	e := entry{active: s.Status == Active}
	at := Platform
	if e.home, e.housed = s.Home(); e.housed {
		at = r.place(e.home)
	}
	e.view = r.view(s, at)
	everywhere := slices.ContainsFunc(s.Tenants, func(t Tenancy) bool { _, one := t.Tenant(); return !one })
	if len(s.Tenants) < 2 && !everywhere && len(s.Objects) == 0 && !windowed(s) {
		return e
	}
	e.more = r.details(s, &e, everywhere)
	return e
}

func (r *resolver) place(tenant uuid.UUID) Place { return PlaceOf(tenant, r.types(tenant)) }

func (r *resolver) details(s *Subject, e *entry, everywhere bool) *details {
	d := &details{objects: slices.Clone(s.Objects), from: math.MinInt64, until: math.MaxInt64, platform: r.view(s, Platform)}
	if windowed(s) {
		d.subject = s.alone()
		d.from, d.until = around(s, r.now.UnixMicro())
	}
	for _, tenant := range s.MentionedTenants() {
		if e.housed && tenant == e.home {
			continue
		}
		if v := r.view(s, r.place(tenant)); v.roles != nil || everywhere {
			d.named = append(d.named, namedView{tenant, v})
		}
	}
	if everywhere {
		d.unnamed = new([4]view)
		for i, typ := range TenantTypes() {
			d.unnamed[i] = r.view(s, PlaceOfType(typ))
		}
	}
	return d
}

// windowed reports whether what the subject holds changes with time.
func windowed(s *Subject) bool {
	bounded := func(w *Window) bool { return !w.StartsAt.IsZero() || !w.ExpiresAt.IsZero() }
	return slices.ContainsFunc(s.Roles, func(h Held) bool { return bounded(&h.Window) }) ||
		slices.ContainsFunc(s.Overrides, func(o Override) bool { return bounded(&o.Window) })
}

// alone returns the subject in memory of its own: what was read with others must not hold them all.
func (s *Subject) alone() *Subject {
	return &Subject{s.User, s.Status, slices.Clone(s.Tenants), slices.Clone(s.Roles), slices.Clone(s.Overrides), slices.Clone(s.Objects), s.Revision}
}

// around returns the microseconds [from, until) around now in which no window of the subject's begins or ends.
func around(s *Subject, now int64) (from, until int64) {
	from, until = math.MinInt64, math.MaxInt64
	bound := func(t time.Time) {
		if t.IsZero() {
			return
		}
		if at := t.UnixMicro(); at <= now {
			from = max(from, at)
		} else {
			until = min(until, at)
		}
	}
	for i := range s.Roles {
		bound(s.Roles[i].StartsAt)
		bound(s.Roles[i].ExpiresAt)
	}
	for i := range s.Overrides {
		bound(s.Overrides[i].StartsAt)
		bound(s.Overrides[i].ExpiresAt)
	}
	return from, until
}

// view resolves a subject at a place.
func (r *resolver) view(s *Subject, at Place) view {
	if !Covers(s.Tenants, at, false) {
		return view{}
	}
	r.inForce, r.over = r.inForce[:0], r.over[:0]
	for i := range s.Roles {
		h := &s.Roles[i]
		switch {
		case !h.counts(at):
		case h.Open(r.now):
			r.inForce = append(r.inForce, h)
		case h.Expired(r.now):
			r.over = append(r.over, h)
		}
	}
	return view{r.set(r.inForce, r.over), r.rulings(s, at)}
}

// rulings returns what the overrides that count at a place say of each permission; nil for nothing.
func (r *resolver) rulings(s *Subject, at Place) *[]ruling {
	var out []ruling
	for i := range s.Overrides {
		o := &s.Overrides[i]
		number := r.names.number(o.Permission)
		if number == unnumbered || !o.Scope.counts(at) {
			continue
		}
		var t tally
		t.override(o, Question{Permission: o.Permission, At: at}, r.now, nil)
		out = append(out, ruling(number)<<rulingBits|t.ruling())
	}
	if len(out) == 0 {
		return nil
	}
	slices.SortFunc(out, func(a, b ruling) int { return cmp.Compare(a.number(), b.number()) })
	return new(append(make([]ruling, 0, len(out)), together(out)...)) // no larger than it has to be
}

// together joins the rulings of one permission.
func together(list []ruling) []ruling {
	out := list[:0]
	for _, r := range list {
		if last := len(out) - 1; last >= 0 && out[last].number() == r.number() {
			out[last] |= r
			continue
		}
		out = append(out, r)
	}
	return out
}

// ruling returns what the tally has heard of overrides.
func (t *tally) ruling() (r ruling) {
	if t.revoked {
		r |= rulingRevoked
	}
	if t.byOverride {
		r |= rulingGranted
	}
	if t.expired {
		r |= rulingExpired
	}
	return r
}

// hear is the inverse of ruling.
func (t *tally) hear(r ruling) {
	t.revoked = t.revoked || r&rulingRevoked != 0
	t.byOverride = t.byOverride || r&rulingGranted != 0
	t.expired = t.expired || r&rulingExpired != 0
}

// bytes is what the view takes in memory apart from itself.
func (v *view) bytes() int {
	if v.overrides == nil {
		return 0
	}
	return int(unsafe.Sizeof(*v.overrides)) + 4*len(*v.overrides)
}

// bytes is about what the entry takes in memory, its slot in the table included.
func (e *entry) bytes() int {
	const slots = 2 * int(unsafe.Sizeof(slot[entry]{}))
	size := int(unsafe.Sizeof(node[entry]{})) + slots + e.view.bytes()
	d := e.more
	if d == nil {
		return size
	}
	size += int(unsafe.Sizeof(*d)) + d.platform.bytes() + len(d.objects)*int(unsafe.Sizeof(ObjectGrant{}))
	for i := range d.named {
		size += int(unsafe.Sizeof(d.named[i])) + d.named[i].view.bytes()
	}
	if d.unnamed != nil {
		size += 4 * (int(unsafe.Sizeof(d.unnamed[0])) + d.unnamed[0].bytes())
	}
	if s := d.subject; s != nil {
		size += int(unsafe.Sizeof(*s)) + len(s.Tenants)*40 + len(s.Roles)*400 + len(s.Overrides)*400
	}
	return size
}
