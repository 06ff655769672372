// Package logs keeps Logs: their rows and blobs, the group commit that stores them, the traces that they form, and how long they are kept. A Log
// can bring [Rider]s, which commit with it. Rows that name Logs ([Links]) and the data that finds them ([Index]) change in the same transactions.
package logs

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Store keeps the Logs of a database. Its methods are safe for concurrent use.
type Store struct {
	*sqldb.DB
	links   Links
	index   Index
	journal Journal
	refs    refs
	entries sync.Pool
	recent  *recent

	committer *committer
	inserter  inserter
}

// inserter stores Logs.
type inserter interface {
	// insert commits a batch in one transaction. An entry that cannot be stored gets its own error. Any other error
	// means that nothing of the batch was stored.
	insert(ctx context.Context, batch []*pendingLog) error
	// close releases resources. It is called after the last batch is stored.
	close() error
}

// New returns the Logs of db. It tells links, index and journal of all changes. If relaxed is set, AppendLog returns before the commit, and a killed
// process may lose the Logs of the last moments.
func New(db *sqldb.DB, links Links, index Index, journal Journal, relaxed bool) *Store {
	s := &Store{DB: db, links: links, index: index, journal: journal, refs: refs{of: map[refKey]Ref{}}, recent: newRecent()}
	s.entries.New = func() any { return newEntry() }
	workers := 1 // with relaxed, so that a Log is stored after those queued before it: one of them may be its parent
	switch backend := db.Backend.(type) {
	case *sqldb.SQLite:
		s.inserter = &sqliteInserter{db: backend, fault: db.Dialect.Fault, lineage: lineageOfTwo + db.Dialect.InUp, prepared: map[string]driver.Stmt{}}
	case *sqldb.Postgres:
		s.inserter = &postgresInserter{db: backend, dialect: db.Dialect}
		if !relaxed {
			workers = 2
		}
	}
	s.committer = newCommitter(s.inserter.insert, db.FailWrite, db.Wake, db.Logger, relaxed)
	s.committer.start(workers)
	return s
}

// Close commits the queue. It waits no longer than until ctx ends.
func (db *Store) Close(ctx context.Context) error {
	return errors.Join(db.committer.close(ctx), db.inserter.close())
}

// Commits returns what was committed since the start.
func (db *Store) Commits() Commits {
	db.committer.mu.Lock()
	defer db.committer.mu.Unlock()
	return db.committer.commits
}

// CommitQueue are the Logs that wait for their commit.
type CommitQueue struct {
	Waiting int           // Logs that the next commit does not take, or all of them if it has not begun for a second
	Left    uint64        // Logs whose commit has begun since the start
	Oldest  time.Duration // how long the one has waited that is committed next
}

// CommitQueue returns the Logs that wait. A disk that is slow, but stores in each commit what has
// come meanwhile, lets none wait.
func (db *Store) CommitQueue() CommitQueue { return db.committer.waits() }

// Await waits until the Log with this id is stored, if it is queued. It returns at once otherwise.
func (db *Store) Await(ctx context.Context, id string) error { return db.committer.await(ctx, id) }
