package users

import (
	"context"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Verb takes an account from one state to another. The zero Verb does nothing.
type Verb uint8

// The verbs: the whole table of transitions (wire/README.md, section 3.8). Deleted is final.
const (
	Approve    Verb = iota + 1 // pending to active
	Reject                     // pending to deleted
	Suspend                    // active to suspended
	Reactivate                 // suspended to active
	Delete                     // active, pending or suspended to deleted
)

// move is what a verb means.
type move struct {
	from   []perms.Status
	to     perms.Status
	needs  perms.Permission
	action perms.Action
}

// move returns the meaning of the verb; ok is false for the zero Verb and unknown ones.
func (v Verb) move() (m move, ok bool) {
	switch v {
	case Approve:
		return move{[]perms.Status{perms.Pending}, perms.Active, perms.UsersApprove, perms.UserApprove}, true
	case Reject:
		return move{[]perms.Status{perms.Pending}, perms.Deleted, perms.UsersApprove, perms.UserReject}, true
	case Suspend:
		return move{[]perms.Status{perms.Active}, perms.Suspended, perms.UsersSuspend, perms.UserSuspend}, true
	case Reactivate:
		return move{[]perms.Status{perms.Suspended}, perms.Active, perms.UsersSuspend, perms.UserReactivate}, true
	case Delete:
		return move{[]perms.Status{perms.Active, perms.Pending, perms.Suspended}, perms.Deleted, perms.UsersDelete, perms.UserDelete}, true
	}
	return move{}, false
}

// flag returns the verb by which an active flag is written over a status.
func flag(active bool, now perms.Status) Verb {
	switch {
	case active && now == perms.Pending:
		return Approve
	case active && now == perms.Suspended:
		return Reactivate
	case !active && now == perms.Active:
		return Suspend
	}
	return 0
}

// Do takes a user's account from one state to another, if it is in the one from which the verb leads, else it is [ErrStatus]. It takes users.approve,
// users.suspend or users.delete; to approve or reactivate is to hand out all that the user could come to hold. A deleted user's addresses are free
// again. A status blocks his sessions and ends none, so that whoever still has a token can be told why it is refused.
func (s *Service) Do(ctx context.Context, actor perms.Actor, user uuid.UUID, v Verb) (User, error) {
	m, _ := v.move()
	return s.Edit(ctx, actor, Needs(m.needs).OrDeleted(), ByID(user), func(User) (Update, error) { return Update{Verb: v}, nil })
}
