package migrations

import (
	"database/sql"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// dumpSQLite returns the statements that make a database anew. Foreign keys are left out of account while they run.
func dumpSQLite(t *testing.T, db *sql.DB) string {
	t.Helper()
	var out strings.Builder
	out.WriteString("pragma foreign_keys = off;\n")
	for _, statement := range texts(t, db, `select sql from sqlite_master where sql is not null order by type = 'index', rowid`) {
		fmt.Fprintf(&out, "\n%s;\n", statement)
	}
	for _, table := range texts(t, db, `select name from sqlite_master where type = 'table' order by rowid`) {
		columns := strings.Join(texts(t, db, `select 'quote("' || name || '")' from pragma_table_info('`+table+`') order by cid`), ` || ', ' || `)
		for _, row := range texts(t, db, `select `+columns+` from `+table) {
			fmt.Fprintf(&out, "\ninsert into %s values (%s);", table, row)
		}
	}
	out.WriteString("\n\npragma foreign_keys = on;\n")
	return out.String()
}

func texts(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// unwanted are the lines of pg_dump that say nothing of what is in a database: comments, settings of the session, and what only psql understands.
var unwanted = regexp.MustCompile(`(?m)^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\.*|CREATE SCHEMA .*|ALTER (SCHEMA|TABLE) .* OWNER TO .*)?\n`)

// dumpPostgres returns the statements that make the database of a DSN anew, in whatever schema. It needs Debian's pg_dump.
func dumpPostgres(t *testing.T, dsn string) string {
	t.Helper()
	programs, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
	if err != nil || len(programs) == 0 {
		t.Fatalf("no pg_dump: %v", err)
	}
	database, schema, _ := strings.Cut(dsn, " search_path=")
	dump, err := exec.CommandContext(t.Context(), programs[0], "--inserts", "--no-owner", "--schema="+schema, "--dbname="+database).Output()
	if err != nil {
		t.Fatal(err)
	}
	return unwanted.ReplaceAllString(strings.ReplaceAll(string(dump), schema+".", ""), "")
}
