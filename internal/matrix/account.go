package matrix

import (
	"errors"
	"net/http"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// changeCredential are the changes after which another password signs in.
func changeCredential() []change {
	return []change{
		{
			effect: "change a password", name: "without the present one", targets: people, seen: anotherPassword,
			doors: doors([]door{
				over("msp", "PUT password", func(a *attempt) verdict { return mspPut(a, "password", newPassword) }),
				over("company", "PATCH password", func(a *attempt) verdict {
					return a.ask("PATCH", path("/company/api/v2/user/%s", a.user.ID), object("email", a.user.Email, "password", newPassword))
				}),
				over("teams", "PUT user_password", func(a *attempt) verdict {
					return a.ask("PUT", path("/teams/api/users/%d", a.user.Number), object("user_password", newPassword))
				}),
				over("locator", "PATCH …/passwordreset", func(a *attempt) verdict {
					return a.ask("PATCH", path("/locator/auth/users/%s/passwordreset", a.user.ID), `"`+newPassword+`"`)
				}),
				over("locator", "PATCH …/passwordreset as text", func(a *attempt) verdict {
					return judged(a.As(a.who).Do(a.tb, transcript.Request{
						Method: "PATCH", Path: path("/locator/auth/users/%s/passwordreset", a.user.ID),
						Header: http.Header{"Content-Type": {"text/plain"}}, Body: newPassword,
					}))
				}),
				over("native", "PUT …/password", func(a *attempt) verdict {
					return a.ask("PUT", path("/native/v1/users/%s/password", a.user.ID), object("password", newPassword))
				}),
			}, viaGo("SetPassword", func(a *attempt, actor perms.Actor) error {
				return a.Book.Users.SetPassword(a.tb.Context(), actor, a.user.ID, newPassword, false)
			}), viaGo("Update password", func(a *attempt, actor perms.Actor) error {
				plain := newPassword
				_, err := a.Book.Users.Update(a.tb.Context(), actor, users.ByID(a.user.ID), users.Update{Password: &plain})
				return err
			})),
		},
		{
			effect: "change a password", name: "with the present one", targets: []string{"self"}, seen: anotherPassword,
			doors: doors([]door{
				over("teams", "PUT …/change-password", func(a *attempt) verdict {
					return a.ask("PUT", path("/teams/api/users/%d/change-password", a.user.Number),
						object("current_password", passwordOf(a.who), "new_password", newPassword))
				}),
				over("native", "PUT /v1/me/password", func(a *attempt) verdict {
					return a.ask("PUT", "/native/v1/me/password", object("current_password", passwordOf(a.who), "new_password", newPassword))
				}),
			}, viaGo("ChangePassword", func(a *attempt, actor perms.Actor) error {
				return a.Book.Users.ChangePassword(a.tb.Context(), actor, passwordOf(a.who), newPassword, session.Digest{})
			})),
		},
		takeAddress(),
	}
}

// anotherPassword reports whether the target's password is the new one, so that it signs him in when he is active.
func anotherPassword(a *attempt) bool {
	h, err := a.Store.Credential(a.tb.Context(), a.user.ID)
	must(a.tb, err)
	_, _, err = a.Book.Sessions.SignIn(a.tb.Context(), a.user.Email, newPassword, "192.0.2.1")
	return h.Reveal() != a.was && (err == nil) == (a.user.Status == perms.Active)
}

// takeAddress is the change by which somebody would come to sign in with the target's address: a new account that has it.
func takeAddress() change {
	return change{
		effect: "change a password", name: "by a new account with his address", targets: people,
		seen: func(a *attempt) bool {
			u, err := a.Store.UserByAddress(a.tb.Context(), users.Canonical(a.user.Email))
			must(a.tb, err)
			return u.ID != a.user.ID
		},
		doors: doors([]door{
			over("msp", "POST", func(a *attempt) verdict {
				tenant := int64(2)
				if a.who == "bea" {
					tenant = 3
				}
				return a.ask("POST", "/msp/api/users", object("name", "New", "email", a.user.Email, "password", newPassword, "role_id", a.named("Peek").Number, "tenant_id", tenant))
			}),
			over("company", "POST", func(a *attempt) verdict {
				return a.ask("POST", "/company/api/v2/user", object("email", a.user.Email, "password", newPassword))
			}),
			over("teams", "POST", func(a *attempt) verdict {
				return a.ask("POST", "/teams/api/users", object("user_email", a.user.Email, "user_name", "New", "user_password", newPassword, "user_type", 3))
			}),
			over("locator", "POST", func(a *attempt) verdict {
				return a.ask("POST", "/locator/auth/users",
					object("firstName", "New", "lastName", "", "userName", a.user.Email, "password", newPassword, "temporaryPassword", false))
			}),
			over("native", "POST", func(a *attempt) verdict {
				return a.ask("POST", "/native/v1/users", object("email", a.user.Email, "name", "New", "password", newPassword))
			}),
		}, viaGo("Create", func(a *attempt, actor perms.Actor) error {
			_, err := a.Book.Users.Create(a.tb.Context(), actor, users.New{Email: a.user.Email, Name: "New", Password: newPassword})
			return err
		})),
	}
}

// changeStatus are the changes of an account's state, and its end. A flag says nothing of an account that shows its value already.
func changeStatus() []change {
	verb := func(name string, v users.Verb, to perms.Status, flag bool) change {
		shown := func(a *attempt) bool { return a.user.Status == perms.Active }
		return change{
			effect: "change a status", name: name, targets: people, seen: func(a *attempt) bool { return userAgain(a).Status == to },
			doors: doors([]door{
				over("msp", "PUT active", func(a *attempt) verdict {
					if shown(a) == flag || flag && !from(v, a.user.Status) {
						return closed
					}
					return mspPut(a, "active", flag)
				}),
				over("teams", "POST …/"+name, func(a *attempt) verdict {
					return a.ask("POST", path("/teams/api/users/%d/%s", a.user.Number, name), "")
				}),
				over("native", "POST …/"+name, func(a *attempt) verdict {
					return a.ask("POST", path("/native/v1/users/%s/%s", a.user.ID, name), "")
				}),
			}, viaGo("Do "+name, func(a *attempt, actor perms.Actor) error {
				_, err := a.Book.Users.Do(a.tb.Context(), actor, a.user.ID, v)
				return err
			}), viaGo("Update active, "+name, func(a *attempt, actor perms.Actor) error {
				if shown(a) == flag || flag && !from(v, a.user.Status) {
					return errClosed
				}
				_, err := a.Book.Users.Update(a.tb.Context(), actor, users.ByID(a.user.ID), users.Update{Active: &flag})
				return err
			})),
		}
	}
	list := []change{
		verb("approve", users.Approve, perms.Active, true),
		verb("suspend", users.Suspend, perms.Suspended, false),
		verb("reactivate", users.Reactivate, perms.Active, true),
	}
	reject := verb("reject", users.Reject, perms.Deleted, false)
	reject.doors = without(reject.doors, "msp PUT active", "Go Update active, reject", "Go Update active, reject, in one tenant") // a flag suspends
	return append(list, reject, end())
}

// from reports whether the flag would be the verb, of an account in the status.
func from(v users.Verb, s perms.Status) bool {
	return v == users.Approve && s == perms.Pending || v == users.Reactivate && s == perms.Suspended
}

func without(list []door, names ...string) (rest []door) {
	for _, d := range list {
		keep := true
		for _, name := range names {
			keep = keep && d.name != name
		}
		if keep {
			rest = append(rest, d)
		}
	}
	return rest
}

// end is the change after which there is no account, whether a record of it remains or not.
func end() change {
	return change{
		effect: "change a status", name: "delete", targets: people,
		seen: func(a *attempt) bool {
			u, err := a.Store.User(a.tb.Context(), a.user.ID)
			return errors.Is(err, users.ErrNotFound) || err == nil && u.Status == perms.Deleted
		},
		doors: doors([]door{
			over("msp", "DELETE", func(a *attempt) verdict { return a.ask("DELETE", path("/msp/api/users/%d", a.user.Number), "") }),
			over("teams", "DELETE", func(a *attempt) verdict { return a.ask("DELETE", path("/teams/api/users/%d", a.user.Number), "") }),
			over("locator", "DELETE", func(a *attempt) verdict { return a.ask("DELETE", path("/locator/auth/users/%s", a.user.ID), "") }),
			over("native", "DELETE", func(a *attempt) verdict { return a.ask("DELETE", path("/native/v1/users/%s", a.user.ID), "") }),
			over("native", "POST …/purge", func(a *attempt) verdict { return a.ask("POST", path("/native/v1/users/%s/purge", a.user.ID), "") }),
		}, viaGo("Do delete", func(a *attempt, actor perms.Actor) error {
			_, err := a.Book.Users.Do(a.tb.Context(), actor, a.user.ID, users.Delete)
			return err
		}), viaGo("Purge", func(a *attempt, actor perms.Actor) error {
			_, err := a.Book.Users.Purge(a.tb.Context(), actor, users.ByID(a.user.ID), false, 0)
			return err
		})),
	}
}
