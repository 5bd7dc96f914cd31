package perms

import "github.com/google/uuid"

// ActorKind says what sort of actor asks for a change.
type ActorKind string

// The kinds of actors.
const (
	UserActor   ActorKind = "user"
	GuestActor  ActorKind = "guest"  // accepts an invite or joins by a link
	SystemActor ActorKind = "system" // trusted code of the host's own process
)

// Actor is who asks for a change, and why. The zero Actor is nobody and is refused, so that no caller can forget who is asking.
type Actor struct {
	kind     ActorKind
	user     uuid.UUID
	label    string
	narrowed bool
	tenant   uuid.UUID
	reason   string
	request  string
	from     string
}

// As returns the actor that a signed-in user is.
func As(user uuid.UUID) Actor { return Actor{kind: UserActor, user: user} }

// System returns the actor of trusted code: setup, migration, recovery of a lost administrator. No permission bounds it; the label says in the
// journal who it was. The lockout rule holds for it too.
func System(label string) Actor { return Actor{kind: SystemActor, label: label} }

// Guest returns the actor who has nothing but the token of an invite or link.
func Guest() Actor { return Actor{kind: GuestActor} }

// In narrows the actor to one tenant: he acts there alone, and sees the users whose home it is. With uuid.Nil he acts nowhere.
func (a Actor) In(tenant uuid.UUID) Actor {
	a.narrowed, a.tenant = true, tenant
	return a
}

// Because gives the reason that the journal records, at most 500 code points.
func (a Actor) Because(reason string) Actor {
	a.reason = reason
	return a
}

// During names the request on whose behalf the actor acts; the journal records it.
func (a Actor) During(request string) Actor {
	a.request = request
	return a
}

// From names the remote address from which the actor asks. Failed comparisons of passwords are counted under it.
func (a Actor) From(address string) Actor {
	a.from = address
	return a
}

// Address returns the remote address from which the actor asks.
func (a Actor) Address() string { return a.from }

// Kind returns the kind, "" for the zero Actor.
func (a Actor) Kind() ActorKind { return a.kind }

// User returns the user who acts, uuid.Nil for a guest and the system.
func (a Actor) User() uuid.UUID { return a.user }

// Narrowed returns the one tenant in which the actor acts, if he is narrowed to one.
func (a Actor) Narrowed() (uuid.UUID, bool) { return a.tenant, a.narrowed }

// Reason returns the reason.
func (a Actor) Reason() string { return a.reason }

// Check refuses the zero Actor, and texts that the journal could not keep.
func (a Actor) Check() error {
	if a.kind == "" || a.kind == UserActor && a.user == uuid.Nil {
		return ErrNoActor
	}
	if err := CheckText("actor", a.label, 0, MaxReason); err != nil {
		return err
	}
	if err := CheckText("request", a.request, 0, MaxReason); err != nil {
		return err
	}
	return CheckText("reason", a.reason, 0, MaxReason)
}

// Ref returns what the journal records of the actor.
func (a Actor) Ref() ActorRef { return ActorRef{Kind: a.kind, User: a.user, Label: a.label} }

// Request returns the request on whose behalf the actor acts.
func (a Actor) Request() string { return a.request }
