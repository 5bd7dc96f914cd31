package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/seed-06a6a295/rolebook/store"
)

// Joined is a store inside one transaction of the host's: what it reads and writes is part of that. Its InTx nests in the transaction and locks the head
// row; its View is the transaction itself. It must be used by one goroutine at a time.
type Joined struct{ *Store }

var _ store.Store = Joined{}

// Join returns the store inside tx, a transaction on the database of the store. Commit and rollback remain the host's. After the commit, the host calls
// [Joined.Committed].
//
// From the first change on, the transaction keeps every other writer waiting until it ends: join last. In SQLite, tx has to have begun immediate, as
// those of sqlite.Store.DB do; in PostgreSQL it is best read committed: of the stricter levels, the changes of others that came after its beginning make
// InTx fail with [store.ErrBusy]. A statement that fails makes the Joined useless; the host can do nothing but roll back.
func (s *Store) Join(tx *sql.Tx) Joined {
	return Joined{&Store{db: s.db, unit: &unit{on: tx, db: s.db}, mode: inHost}}
}

// Committed tells the listeners of the store that the transaction has been committed. It is an error if that is not so.
func (j Joined) Committed(ctx context.Context) error {
	changed := j.unit.head.Revision
	if changed == 0 {
		return nil
	}
	outer := &Store{db: j.db}
	head, err := outer.Head(ctx)
	if err != nil {
		return err
	}
	if head.Revision < changed {
		return fmt.Errorf("sqlstore: the joined transaction has not committed revision %d", changed)
	}
	j.db.tell(head, appended{})
	return nil
}
