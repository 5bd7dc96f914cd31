// Package matrix mounts every API over one store, and asks all of them, and the Go services, for the same things: they are so many doors into the same rooms,
// and a rule that holds at one must hold at all.
//
// What is asked is generated from lists: every change at every target through every door as every actor. Whoever adds a route or a method by which something
// can be gained adds a door to the list of its effect; what a door says differently on purpose stands in [exceptions], with its source, and nowhere else.
package matrix

import (
	"net/http"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/company"
	"github.com/seed-06a6a295/rolebook/httpapi/locator"
	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/httpapi/teams"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/store"
)

// Every returns all the APIs, by the prefix under which examples/server mounts each.
func Every() transcript.Prefixes {
	return transcript.Prefixes{
		"/msp":     func(api *httpapi.API) http.Handler { return msp.Handler(api, nil) },
		"/company": func(api *httpapi.API) http.Handler { return company.Handler(api, nil) },
		"/locator": func(api *httpapi.API) http.Handler { return locator.Handler(api, nil) },
		"/teams":   func(api *httpapi.API) http.Handler { return teams.Handler(api, &teams.Options{BaseURL: "/teams"}) },
		"/native":  func(api *httpapi.API) http.Handler { return native.Handler(api, nil) },
	}
}

// Routes returns the routes of all the APIs.
func Routes() []httpapi.RouteInfo {
	var list []httpapi.RouteInfo
	for _, routes := range [][]httpapi.RouteInfo{msp.Routes(), company.Routes(), locator.Routes(), teams.Routes(), native.Routes()} {
		list = append(list, routes...)
	}
	return list
}

// Host returns a host of all the APIs over one kind of store.
func Host(name string, open func(tb testing.TB, clock func() time.Time) store.Store) transcript.Host {
	return transcript.Host{Name: name, Preset: msp.Preset(), Open: open, Mount: transcript.Mount(httpapi.Options{}, Every())}
}
