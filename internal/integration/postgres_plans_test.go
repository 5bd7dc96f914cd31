package integration_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/seed-06a6a295/rolebook/internal/integration/pg"
	"github.com/seed-06a6a295/rolebook/internal/integration/suite"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

// reader notes the queries that pass.
type reader struct {
	mu      sync.Mutex
	queries map[string]bool
}

func (r *reader) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	text := strings.TrimSpace(data.SQL)
	if strings.HasPrefix(text, "select") || strings.HasPrefix(text, "with") {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.queries[text] = true
	}
	return ctx
}

func (r *reader) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// watched runs a suite, and explains every query that came: in a database of which the server has no statistics yet, and of a table with one row it never has,
// none seems so long that it is compiled first. To compile one takes a thousand times as long as to run it.
func watched(run func(*testing.T, suite.Database)) func(*testing.T, suite.Database) {
	return func(t *testing.T, d suite.Database) {
		schemas := newSchemasOf(t, pg.Another.Database(t), "pgx") // PostgreSQL 15 cannot explain without arguments
		seen := &reader{queries: map[string]bool{}}
		d.Connect = func(t *testing.T, _ storetest.Config) (write, read *sql.DB) {
			config, err := pgx.ParseConfig(schemas.newDSN(t))
			if err != nil {
				t.Fatal(err)
			}
			config.Tracer = seen
			db := pooled(t, stdlib.OpenDB(*config))
			return db, db
		}
		run(t, d)
		t.Run("Plans", func(t *testing.T) { noneIsCompiled(t, schemas, seen) })
	}
}

func noneIsCompiled(t *testing.T, schemas *schemas, seen *reader) {
	db := connectBy(t, "postgres", schemas.newDSN(t)) // pq sends a query without arguments as it is, with places for them or not
	openPostgres(t, db, storetest.Config{})
	var compiled float64
	if err := db.QueryRowContext(t.Context(), `select cast(current_setting('jit_above_cost') as float8)`).Scan(&compiled); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for query := range seen.queries {
		var text string
		if err := db.QueryRowContext(t.Context(), "explain (generic_plan, format json) "+query).Scan(&text); err != nil {
			t.Errorf("%v: %s", err, query)
			continue
		}
		var plans []struct {
			Plan struct {
				Cost float64 `json:"Total Cost"`
			}
		}
		if err := json.Unmarshal([]byte(text), &plans); err != nil {
			t.Fatal(err)
		}
		if checked++; plans[0].Plan.Cost >= compiled {
			t.Errorf("costs %.0f and is compiled:\n%s", plans[0].Plan.Cost, query)
		}
	}
	if checked < 50 {
		t.Errorf("%d queries were explained", checked)
	}
}
