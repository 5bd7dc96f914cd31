package invites_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// An invite is its maker's promise: it is good for one person, once, and only while its maker could give it again.
func Example() {
	ctx := context.Background()
	book, err := store.Connect(ctx, memory.New(), store.Options{Catalog: perms.NewCatalog("assets.view")})
	if err != nil {
		fmt.Println(err)
		return
	}
	setup := perms.System("setup")
	lead, _ := book.Roles.Create(ctx, setup, roles.New{Name: "lead", Permissions: []string{"assets.view", "invites.create"}, Scope: perms.Anywhere})
	reader, _ := book.Roles.Create(ctx, setup, roles.New{Name: "reader", Permissions: []string{"assets.view"}, Scope: perms.Anywhere})
	ann, _ := book.Users.Create(ctx, setup, users.New{Email: "ann@example.com", Name: "Ann", Roles: []string{lead.Key}})

	in := invites.New{Email: "bob@example.com", Role: reader.Key, Lifetime: 24 * time.Hour}
	invite, err := book.Invites.Create(ctx, perms.As(ann.ID), in)
	if err != nil {
		fmt.Println(err)
		return
	}
	token := invite.Token.Reveal() // for the one message that takes it to Bob
	fmt.Println(invite.Token, len(token))

	bob := invites.Acceptance{Token: token, Name: "Bob", Password: "kestrel over the river"}
	_, err = book.Users.Do(ctx, setup, ann.ID, users.Suspend)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _, err = book.Invites.Accept(ctx, perms.Guest(), bob)
	fmt.Println(errors.Is(err, invites.ErrInvalidated))

	_, err = book.Users.Do(ctx, setup, ann.ID, users.Reactivate)
	if err != nil {
		fmt.Println(err)
		return
	}
	user, _, err := book.Invites.Accept(ctx, perms.Guest(), bob)
	fmt.Println(user.Email, err)
	_, _, err = book.Invites.Accept(ctx, perms.Guest(), bob)
	fmt.Println(err)
	// Output:
	// [redacted] 47
	// true
	// bob@example.com <nil>
	// accept invite: invites: used up
}
