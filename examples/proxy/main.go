// Proxy is a host behind a reverse proxy, which ends TLS and hands on what comes in under a prefix of its own. Three things are different there:
//
//   - Who asks. Every connection is the proxy's, and failed sign-ins would count as the proxy's: one guesser would lock everybody out. [site.clientAddr] finds
//     the client in X-Forwarded-For.
//   - What it is called. Addresses of invites and avatars are made of what the operator has configured, never of what a request says.
//   - Where it stands. The APIs are mounted under the prefix, which is stripped together with their own.
//
// The rule people get wrong: X-Forwarded-For is a header like any other, and a client may send one. It counts only as far as proxies of one's own have written it.
//
//	go run ./examples/proxy -public https://example.com/app -trust 10.0.0.0/8
package main

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"log"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/httpapi/teams"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// site is where the host stands.
type site struct {
	public  *url.URL       // what the world calls it; requests arrive with the path of this before theirs
	trusted []netip.Prefix // where the proxies are
}

// parseSite reads a public address, and where proxies are: prefixes, with commas between.
func parseSite(public, trusted string) (s site, err error) {
	if s.public, err = url.Parse(strings.TrimSuffix(public, "/")); err != nil {
		return site{}, err
	}
	if s.public.Scheme == "" || s.public.Host == "" {
		return site{}, fmt.Errorf("%q is not the address of a site", public)
	}
	for text := range strings.SplitSeq(trusted, ",") {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return site{}, err
		}
		s.trusted = append(s.trusted, p)
	}
	return s, nil
}

// clientAddr returns the address of the client. That is the connection's, unless a proxy is at its other end. A proxy has appended to X-Forwarded-For who has
// asked it, so the header is read from its end, for as long as the one who says so is a proxy; what is before that may be anybody's invention. Clients whom
// the header does not tell apart share the address of the last proxy that does.
func (s site) clientAddr(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	client := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !s.trusts(client) {
			break
		}
		asked, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		client = asked.Unmap()
	}
	return client.String()
}

func (s site) trusts(addr netip.Addr) bool {
	return slices.ContainsFunc(s.trusted, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// handler returns the APIs of a book on the site.
func (s site) handler(book *store.Book) (http.Handler, error) {
	api, err := httpapi.New(book, httpapi.Options{
		Authenticator: httpapi.Sessions(book),
		ClientAddr:    s.clientAddr,
		InviteURL:     s.public.String() + "/invite/",
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mount := func(prefix string, h http.Handler) {
		prefix = s.public.Path + prefix // both at once: a mux behind a prefix that is gone already would redirect to paths without it
		mux.Handle(prefix+"/", http.StripPrefix(prefix, h))
	}
	mount("/msp", msp.Handler(api, nil))
	mount("/teams", teams.Handler(api, &teams.Options{BaseURL: s.public.String() + "/teams"}))
	mount("/native", native.Handler(api, nil))
	return mux, nil
}

// open opens the book, with an administrator in it.
func open(ctx context.Context, o store.Options, email, password string) (*store.Book, error) {
	book, err := store.Connect(ctx, memory.New(), o)
	if err != nil {
		return nil, err
	}
	if err := book.Seed(ctx, perms.System("setup"), msp.Preset()); err != nil {
		return nil, err
	}
	_, _, err = book.Bootstrap(ctx, users.New{Email: email, Name: "Root", Password: password, Roles: []string{"msp_admin"}, Tenants: []perms.Tenancy{perms.EveryTenant}})
	return book, err
}

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "listen on this `host:port`, which the proxy alone can reach")
	public := flag.String("public", "http://localhost/app", "the `URL` under which the world knows this host")
	trust := flag.String("trust", "127.0.0.0/8,::1/128", "the proxies' `addresses`, as prefixes with commas between")
	flag.Parse()
	const email = "root@example.com"
	password := rand.Text()

	s, err := parseSite(*public, *trust)
	check(err)
	book, err := open(context.Background(), store.Options{}, email, password)
	check(err)
	h, err := s.handler(book)
	check(err)
	fmt.Printf("%s, at %s; %s password %s\n", s.public, *addr, email, password)
	server := &http.Server{Addr: *addr, Handler: h, ReadHeaderTimeout: 5 * time.Second}
	check(server.ListenAndServe())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
