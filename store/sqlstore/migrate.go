package sqlstore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/seed-06a6a295/rolebook/internal/fault"
	"github.com/seed-06a6a295/rolebook/store"
)

// ErrMigrationChanged says that a migration is not what it was when the database was migrated by it.
var ErrMigrationChanged error = fault.New(fault.Internal, "sqlstore: a migration has changed since it was applied")

// migrateWait is how long a migration waits for another one.
const migrateWait = time.Minute

//go:embed migrations
var files embed.FS

// Migrations returns the migrations of a dialect, NNNN_name.sql, numbered from 1 without a gap. goose runs them as they are; [Migrate] does without it.
func Migrations(d Dialect) fs.FS {
	folder, err := fs.Sub(files, path.Join("migrations", d.String()))
	if err != nil {
		panic(err) // the name of a dialect is a valid path
	}
	return folder
}

// Migration is one migration, and what has become of it in a database.
type Migration struct {
	Version   int
	Name      string    // of its file
	Applied   bool      // by whomever
	AppliedAt time.Time // zero if not by [Migrate]
	text      string
}

// SQL returns the text of the file, to be read before it is run, or to be run by hand: its last statement notes that it has been.
func (m Migration) SQL() string { return m.text }

// checksum is the SHA-256 of the file, whatever a check-out has made of its line ends.
func (m Migration) checksum() string {
	sum := sha256.Sum256([]byte(strings.ReplaceAll(m.text, "\r\n", "\n")))
	return hex.EncodeToString(sum[:])
}

// statements returns the statements of the file: each ends in a semicolon at the end of a line. Lines of comment are left out.
func (m Migration) statements() []string {
	var (
		all  []string
		next strings.Builder
	)
	for line := range strings.Lines(m.text) {
		if strings.HasPrefix(line, "--") {
			continue
		}
		next.WriteString(line)
		if strings.HasSuffix(strings.TrimSpace(line), ";") {
			all = append(all, strings.TrimSpace(next.String()))
			next.Reset()
		}
	}
	return all
}

// readMigrations returns the migrations in a folder, by version.
func readMigrations(folder fs.FS) ([]Migration, error) {
	names, err := fs.Glob(folder, "*.sql")
	if err != nil {
		return nil, err
	}
	var all []Migration
	for _, name := range names {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		number, _, _ := strings.Cut(name, "_")
		version, _ := strconv.Atoi(number) // what is no number is not the next one
		if version != len(all)+1 {
			return nil, fmt.Errorf("sqlstore: migration %s should be number %d", name, len(all)+1)
		}
		all = append(all, Migration{Version: version, Name: name, text: string(text)})
	}
	return all, nil
}

// Migrate brings a database to the schema of this version of the library: each migration that it lacks in a transaction of its own, one process at a
// time. It refuses a newer schema with [store.ErrSchemaTooNew], and migrations that have changed with [ErrMigrationChanged]. It is safe to call at every
// start, and to call again after it was interrupted.
func Migrate(ctx context.Context, db *sql.DB, d Dialect) error {
	m, err := newMigrator(db, d)
	if err != nil {
		return err
	}
	if err := m.run(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// DryRun does what [Migrate] would do, in one transaction that it rolls back, and returns the migrations that the database lacks; [Migration.SQL] prints
// them. What stands in their way is its error. Writers wait for it as they do for Migrate.
func DryRun(ctx context.Context, db *sql.DB, d Dialect) ([]Migration, error) {
	m, err := newMigrator(db, d)
	if err != nil {
		return nil, err
	}
	missing, err := m.rehearse(ctx)
	if err != nil {
		return nil, fmt.Errorf("rehearse migration: %w", err)
	}
	return missing, nil
}

// Status returns the migrations of a dialect, and which of them a database has.
func Status(ctx context.Context, db *sql.DB, d Dialect) ([]Migration, error) {
	m, err := newMigrator(db, d)
	if err != nil {
		return nil, err
	}
	wait, cancel := context.WithTimeout(ctx, migrateWait)
	defer cancel()
	u, err := m.db.connect(ctx, wait, db, func(u *unit) error { return m.compare(ctx, u) })
	if err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	u.release()
	return m.known, nil
}

// migrator brings one database up to date.
type migrator struct {
	db    *database
	known []Migration
}

func newMigrator(db *sql.DB, d Dialect) (*migrator, error) {
	spoken, err := d.spoken()
	if err != nil {
		return nil, err
	}
	known, err := readMigrations(Migrations(d))
	return &migrator{&database{dialect: spoken, write: db, read: db}, known}, err
}

func (m *migrator) run(ctx context.Context) error {
	for {
		if done, err := m.step(ctx); done || err != nil {
			return err
		}
	}
}

// step applies the first migration that is missing, and reports whether none was.
func (m *migrator) step(ctx context.Context) (done bool, err error) {
	err = m.alone(ctx, func(u *unit) error {
		for _, next := range m.known {
			if next.Applied {
				continue
			}
			if err := m.apply(ctx, u, next); err != nil {
				return err
			}
			return u.commit(ctx)
		}
		done = true
		return nil
	})
	return done, err
}

// rehearse applies what is missing, and commits none of it.
func (m *migrator) rehearse(ctx context.Context) (missing []Migration, err error) {
	err = m.alone(ctx, func(u *unit) error {
		for _, next := range m.known {
			if next.Applied {
				continue
			}
			if err := m.apply(ctx, u, next); err != nil {
				return err
			}
			missing = append(missing, next)
		}
		return nil
	})
	return missing, err
}

// alone runs fn in a transaction beside which nobody migrates, with what the database has compared. It rolls back what fn does not commit.
func (m *migrator) alone(ctx context.Context, fn func(u *unit) error) error {
	wait, cancel := context.WithTimeout(ctx, migrateWait)
	defer cancel()
	u, err := m.db.connect(ctx, wait, m.db.write, func(u *unit) error { return m.db.dialect.beginMigration(ctx, wait, u) })
	if err != nil {
		return err
	}
	defer u.release()
	defer u.rollback(ctx)
	if err := m.compare(ctx, u); err != nil {
		return err
	}
	return fn(u)
}

func (m *migrator) apply(ctx context.Context, u *unit, next Migration) error {
	const record = `
		update rolebook_schema
		set name = ?, checksum = ?, applied_at = ?
		where version = ?`
	for _, statement := range next.statements() {
		if err := u.control(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", next.Name, err)
		}
	}
	if _, err := u.exec(ctx, record, next.Name, next.checksum(), time.Now(), next.Version); err != nil {
		return fmt.Errorf("%s: %w", next.Name, err)
	}
	return nil
}

// compare notes which migrations the database has, and refuses a schema that is newer, or comes from other files.
func (m *migrator) compare(ctx context.Context, u *unit) error {
	applied, err := u.schema(ctx)
	if err != nil {
		return err
	}
	for _, a := range applied {
		if a.Version > len(m.known) {
			return fmt.Errorf("%w: version %d of %d", store.ErrSchemaTooNew, a.Version, len(m.known))
		}
		k := &m.known[a.Version-1]
		if a.Checksum != "" && string(a.Checksum) != k.checksum() {
			return fmt.Errorf("%w: %s", ErrMigrationChanged, k.Name)
		}
		k.Applied, k.AppliedAt = true, a.AppliedAt.Time
	}
	return nil
}

type schemaRow struct {
	Version   int     `db:"version"`
	Checksum  text    `db:"checksum"`
	AppliedAt instant `db:"applied_at"`
}

// schema returns the migrations that a database has, none for a new one.
func (u *unit) schema(ctx context.Context) ([]schemaRow, error) {
	const query = `
		select version, checksum, applied_at
		from rolebook_schema
		order by version`
	there, err := scalar[int](ctx, u, nil, u.db.dialect.migrated())
	if err != nil || there == 0 {
		return nil, err
	}
	return list[schemaRow](ctx, u, query)
}

// checkSchema refuses a database that has not been migrated by this version of the library.
func (s *Store) checkSchema(ctx context.Context, d Dialect) error {
	m, err := newMigrator(s.db.write, d)
	if err != nil {
		return err
	}
	if err := s.reading(ctx, func(u *unit) error { return m.compare(ctx, u) }); err != nil {
		return err
	}
	for _, k := range m.known {
		if !k.Applied {
			return fmt.Errorf("%w: %s is missing", store.ErrSchemaTooOld, k.Name)
		}
	}
	return nil
}
