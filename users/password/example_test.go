package password_test

import (
	"context"
	"fmt"

	"github.com/seed-06a6a295/rolebook/users/password"
)

// A password is checked against the policy, hashed, stored and compared. The
// zero Options are right in production; Insecure keeps this example quick.
func Example() {
	ctx := context.Background()
	hasher, err := password.New(password.Options{Params: password.Insecure()})
	if err != nil {
		fmt.Println(err)
		return
	}
	var policy password.Policy
	fmt.Println(policy.Check("password1", "ada@example.com"))
	fmt.Println(policy.Check("ada-heron-77", "ada@example.com"))

	stored, err := hasher.Hash(ctx, "ada-heron-77")
	fmt.Println(stored, err)

	match, outdated, err := hasher.Verify(ctx, "ada-heron-77", stored)
	fmt.Println(match, outdated, err)
	// Output:
	// password: is one of the most common passwords
	// <nil>
	// [redacted] <nil>
	// true false <nil>
}

// An imported hash matches, and is replaced while the password is at hand.
func ExampleHasher_Verify_imported() {
	ctx := context.Background()
	hasher, err := password.New(password.Options{Params: password.Insecure()})
	if err != nil {
		fmt.Println(err)
		return
	}
	stored := password.Hash("$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i")
	match, outdated, err := hasher.Verify(ctx, "abc", stored)
	fmt.Println(match, outdated, err)
	if match && outdated {
		stored, err = hasher.Hash(ctx, "abc") // and store it, if the old one is still there
		fmt.Println(stored, err)
	}
	// Output:
	// true true <nil>
	// [redacted] <nil>
}
