package httpapi

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Handler answers a call, or returns why not. After an error it has written nothing.
type Handler func(*Call) error

// Route is one documented pair of method and path. [At] makes it.
type Route struct {
	method  string
	pattern string
	gate    Gate
	handle  Handler
	params  []string // of the query

	rehearsable bool // see [Route.DryRun]
}

// At returns a route. The pattern is a path whose segments are literals or a name in braces, which stands for any one segment that is not empty. Literal
// segments are read before names. It panics without a gate.
func At(method, pattern string, gate Gate, handle Handler) Route {
	if gate.kind == gateNone || gate.kind == gateNeeds && len(gate.anyOf) == 0 {
		panic("httpapi: route without a gate: " + method + " " + pattern)
	}
	return Route{method: method, pattern: pattern, gate: gate, handle: handle}
}

// Query returns the route with the names of the parameters that it reads. A strict dialect refuses all others.
func (r Route) Query(params ...string) Route {
	r.params = append(slices.Clone(r.params), params...)
	return r
}

// reads reports whether the route only reads. What guests may ask for is counted.
func (r *Route) reads() bool { return r.method == http.MethodGet && r.gate.kind != gatePublic }

// RouteInfo says of a route what its documentation says.
type RouteInfo struct {
	Dialect      string
	Method       string
	Path         string
	Permissions  []perms.Permission // any of them; none where everybody with an account passes
	Self         bool               // or the addressed user himself
	Platformwide bool               // held platform-wide
	Public       bool               // without credentials
	Query        []string           // the parameters that it reads
}

// String returns the route in one line: dialect, method, path, and who passes.
func (i RouteInfo) String() string {
	who := "anyone"
	if i.Public {
		who = "public"
	}
	if len(i.Permissions) > 0 {
		keys := make([]string, len(i.Permissions))
		for n, p := range i.Permissions {
			keys[n] = string(p)
		}
		who = strings.Join(keys, "|")
	}
	if i.Platformwide {
		who += " platform-wide"
	}
	if i.Self {
		who += " or self"
	}
	return fmt.Sprintf("%s %s %s: %s", i.Dialect, i.Method, i.Path, who)
}

func (r Route) info(dialect string) RouteInfo {
	return RouteInfo{
		Dialect: dialect, Method: r.method, Path: r.pattern,
		Permissions: slices.Clone(r.gate.anyOf), Self: r.gate.self, Platformwide: r.gate.platform,
		Public: r.gate.kind == gatePublic, Query: slices.Clone(r.params),
	}
}

// resource is a path with its routes.
type resource struct {
	segments []string // a literal, or "" behind a slash at the end; names in braces
	routes   map[string]*Route
	allow    string
}

func (res *resource) pattern() string { return "/" + strings.Join(res.segments, "/") }

// router finds the route of a request. It is small on purpose: it neither cleans a path nor redirects.
type router []*resource

// newRouter panics when two routes claim the same method and path.
func newRouter(routes []Route) router {
	byShape := map[string]*resource{}
	for _, r := range routes {
		segments := strings.Split(strings.TrimPrefix(r.pattern, "/"), "/")
		shape := shapeOf(segments)
		res := byShape[shape]
		if res == nil {
			res = &resource{segments: segments, routes: map[string]*Route{}}
			byShape[shape] = res
		}
		if res.routes[r.method] != nil || !slices.Equal(res.segments, segments) {
			panic("httpapi: two routes for " + r.method + " " + r.pattern)
		}
		res.routes[r.method] = &r
	}
	found := slices.Collect(maps.Values(byShape))
	slices.SortFunc(found, func(a, b *resource) int { return cmp.Compare(shapeOf(a.segments), shapeOf(b.segments)) })
	for _, res := range found {
		if get := res.routes[http.MethodGet]; get != nil {
			res.routes[http.MethodHead] = get
		}
		res.allow = strings.Join(slices.Sorted(maps.Keys(res.routes)), ", ")
	}
	return found
}

// shapeOf returns the path without the names of its parameters, so that literals come before them.
func shapeOf(segments []string) string {
	shape := make([]string, len(segments))
	for i, s := range segments {
		shape[i] = "0" + s
		if isParam(s) {
			shape[i] = "1"
		}
	}
	return strings.Join(shape, "/")
}

func isParam(segment string) bool { return strings.HasPrefix(segment, "{") }

// find returns the resource of an escaped path, and the values of its parameters. Each segment is unescaped once, after the path was split.
func (rt router) find(escaped string) (*resource, map[string]string) {
	path, rooted := strings.CutPrefix(escaped, "/")
	if !rooted {
		return nil, nil
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		plain, err := url.PathUnescape(s)
		if err != nil {
			return nil, nil
		}
		segments[i] = plain
	}
	for _, res := range rt {
		if res.matches(segments) {
			return res, res.values(segments)
		}
	}
	return nil, nil
}

func (res *resource) matches(segments []string) bool {
	return slices.EqualFunc(res.segments, segments, func(want, got string) bool {
		return want == got || isParam(want) && got != ""
	})
}

func (res *resource) values(segments []string) map[string]string {
	values := map[string]string{}
	for i, s := range res.segments {
		if isParam(s) {
			values[strings.Trim(s, "{}")] = segments[i]
		}
	}
	return values
}
