package httpapi

import (
	"net/http"
	"slices"
	"strconv"
)

// documentPath is where a dialect answers its document, relative to where it is mounted.
const documentPath = "/openapi.json"

// Document returns the handler of a route that answers the OpenAPI document of an API, byte for byte.
func Document(text []byte) Handler {
	return func(c *Call) error {
		header := c.Header()
		header.Set("Content-Type", "application/json")
		header.Set("Content-Length", strconv.Itoa(len(text)))
		_, _ = c.Writer().Write(text) // a client that has gone needs no answer
		return nil
	}
}

// routes returns the routes of the dialect, and that of its document if it has one. Whoever wants to make a client has no token yet.
func (d Dialect) routes() []Route {
	if d.OpenAPI == nil {
		return d.Routes
	}
	return append(slices.Clip(d.Routes), At(http.MethodGet, documentPath, Public, Document(d.OpenAPI)))
}
