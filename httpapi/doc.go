// Package httpapi serves a book over HTTP: it knows who asks, finds the route, refuses early, logs, and leaves the words to a dialect.
//
// An [API] is one book with one way of signing in. Each package below it (msp, native, …) is a [Dialect]: a list of routes and one function that words
// an error; its Handler(api, options) is an http.Handler for exactly the documented paths. Mount it at any prefix with [http.StripPrefix], or at the
// root; there it also answers its OpenAPI document, at /openapi.json and to everybody. [API.Require] guards the host's own routes by the same permissions.
//
// A request becomes a [Call]. Its handler decodes, calls a service of the call's Book in the name of the call's Actor, and encodes; what it returns as
// an error becomes a [Failure], one of a closed list of kinds, and the dialect gives each of them its status and its words. The checks come in the order
// of section 3.2 of the wire contract: who asks, path and method, syntax, the route's [Gate], the addressed object, the body, the finer rights, conflicts.
//
// The rule people get wrong: the gate of a route admits to its front door only. What a request may change is judged by the service, inside the
// transaction, from what it turns out to change; a handler that decides it is in the wrong place.
package httpapi
