package transcript

import (
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/store"
)

// InviteURL is the base of the invites' addresses.
const InviteURL = "https://{slug}.rolebook.test/invite/"

// Prefixes are dialects by the prefix under which they are mounted.
type Prefixes map[string]func(*httpapi.API) http.Handler

// Mount returns a [Host]'s Mount: the dialects over the book's own sessions, as examples/server mounts them. The options' Authenticator and InviteURL are
// set here where they are not
func Mount(o httpapi.Options, dialects Prefixes) func(*store.Book) (http.Handler, error) {
	return func(book *store.Book) (http.Handler, error) {
		o := o
		if o.Authenticator == nil {
			o.Authenticator = httpapi.Sessions(book)
		}
		if o.InviteURL == "" {
			o.InviteURL = InviteURL
		}
		api, err := httpapi.New(book, o)
		if err != nil {
			return nil, err
		}
		mux := http.NewServeMux()
		for prefix, dialect := range dialects {
			mux.Handle(prefix+"/", http.StripPrefix(prefix, dialect(api)))
		}
		return mux, nil
	}
}
