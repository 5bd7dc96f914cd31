package wire

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/uuid"
)

// JSON answers with v as application/json. It encodes before it writes: on an
// error nothing has been sent, and the caller can still answer otherwise. The
// body ends without a newline and escapes <, > and &. Collections in v must not
// be nil, for they would read null.
func JSON(w http.ResponseWriter, status int, v any) error {
	return JSONAs(w, status, "application/json", v)
}

// JSONAs is [JSON] with another media type.
func JSONAs(w http.ResponseWriter, status int, mediaType string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	header := w.Header()
	header.Set("Content-Type", mediaType)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone needs no answer
	return nil
}

// Empty answers without a body: 204, or the void of a dialect whose every success
// is 200.
func Empty(w http.ResponseWriter, status int) {
	w.WriteHeader(status)
}

// Headers wraps the handler of a dialect so that every answer of it carries the
// headers that all answers have, X-Request-Id among them: the request's own if
// it looks like one, otherwise a new one. [RequestID] finds it again.
func Headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := requestID(r)
		header := w.Header()
		header.Set("Cache-Control", "no-store")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

// requestIDKey is the key of the request's id in its context.
type requestIDKey struct{}

// RequestID returns the id that [Headers] has given the request, and "" outside
// of it.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// requestID returns the id that the request brings, [A-Za-z0-9._-]{1,64}, or
// mints one.
func requestID(r *http.Request) string {
	sent := r.Header.Values("X-Request-Id")
	if len(sent) == 1 && isRequestID(sent[0]) {
		return sent[0]
	}
	return uuid.NewString()
}

func isRequestID(s string) bool {
	for i := range len(s) {
		b := s[i]
		letter := 'a' <= b|0x20 && b|0x20 <= 'z'
		if !letter && !isDigit(b) && b != '.' && b != '_' && b != '-' {
			return false
		}
	}
	return 1 <= len(s) && len(s) <= 64
}
