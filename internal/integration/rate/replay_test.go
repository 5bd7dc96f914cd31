package rate_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// newReplay returns the handler that decodes the body, does the statements that were recorded of the request and encodes the answer that was.
func newReplay(b *testing.B, path string, k kind, recorded [][]statement, answers [][]byte) http.Handler {
	write, read := databases(b, "sqlite3", path)
	h := &replay{write, read}
	decoded := make([]any, len(answers))
	for i, a := range answers {
		decoded[i] = k.answer()
		if err := json.Unmarshal(a, decoded[i]); err != nil {
			b.Fatal(err)
		}
	}
	hasher := cheap(b)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Password *string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil && err != io.EOF {
			fail(w, err)
			return
		}
		if in.Password != nil {
			if _, err := hasher.Hash(r.Context(), *in.Password); err != nil {
				fail(w, err)
				return
			}
		}
		var i int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d", &i); err != nil {
			fail(w, err)
			return
		}
		if err := h.do(context.WithoutCancel(r.Context()), recorded[i]); err != nil { // as rolebook does: to watch a context costs more than a statement
			fail(w, err)
			return
		}
		reply(w, http.StatusOK, decoded[i])
	})
}

func fail(w http.ResponseWriter, err error) {
	http.Error(w, err.Error(), http.StatusInternalServerError)
}

func reply(w http.ResponseWriter, status int, answer any) {
	body, err := json.Marshal(answer)
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// replay does recorded statements on a database as a handler written by hand would: in a transaction where there was one, every row scanned.
type replay struct{ write, read *sql.DB }

// do does the statements of one request.
func (h *replay) do(ctx context.Context, list []statement) error {
	var conn *sql.Conn
	defer func() {
		if conn != nil {
			conn.Close()
		}
	}()
	for _, s := range list {
		if conn == nil {
			db := h.read
			if s.text == "begin immediate" || isWrite(s.text) {
				db = h.write
			}
			var err error
			if conn, err = db.Conn(ctx); err != nil {
				return err
			}
		}
		if err := one(ctx, conn, s); err != nil {
			return err
		}
		if s.text == "commit" || s.text == "rollback" {
			if err := conn.Close(); err != nil {
				return err
			}
			conn = nil
		}
	}
	return nil
}

func one(ctx context.Context, conn runner, s statement) error {
	if !s.rows {
		_, err := conn.ExecContext(ctx, s.text, s.args...)
		return err
	}
	rows, err := conn.QueryContext(ctx, s.text, s.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	return drain(rows)
}

// runner is a connection, or a transaction.
type runner interface {
	querier
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func isWrite(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	return strings.HasPrefix(text, "insert") || strings.HasPrefix(text, "update") || strings.HasPrefix(text, "delete")
}

// drain scans every row.
func drain(rows *sql.Rows) error {
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(names))
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			return err
		}
	}
	return rows.Err()
}
