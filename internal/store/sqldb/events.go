package sqldb

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
)

// Event is the record of a change. Every change leaves an event in its own transaction. There are two exceptions: storing Logs, and the
// upkeep of the data that Logs are found by.
type Event struct {
	Seq       int64 // increasing; of concurrent transactions, the later may become visible first
	Time      time.Time
	Operation string // name of the method, such as "SaveVersion"
	Kind      Kind
	ID        string // id of the subject; "" for several at once
	Principal string // id of the API key; "" for the server itself and the command line
	Detail    string // changed part of the subject: the id of a version or Run, the name of a variable; "" for the subject itself
}

// Kind is the kind of the subject of an [Event].
type Kind string

// The kinds of subjects.
const (
	FileKind        Kind = "file"
	DirectoryKind   Kind = "directory"
	KeyKind         Kind = "key" // an API key
	ProviderKeyKind Kind = "provider_key"
	SealedKind      Kind = "sealed" // everything that is stored encrypted
	EvaluationKind  Kind = "evaluation"
	LogKind         Kind = "log"
	SessionKind     Kind = "session" // a browser that is signed in
	EnvironmentKind Kind = "environment"
	AliasKind       Kind = "alias"
)

// Changed declares what the transaction changes: the subject of its event, and the topics that caches must forget after the commit.
func (tx *Tx) Changed(kind Kind, id string, topics ...Topic) {
	tx.event.Kind, tx.event.ID, tx.topics = kind, id, topics
}

// Wakes says that the transaction may make tasks: once it is committed, those who work on them are woken.
func (tx *Tx) Wakes() { tx.wakes = true }

// Detail says what of its subject the transaction changes.
func (tx *Tx) Detail(of string) { tx.event.Detail = of }

const addEvent = `INSERT INTO event (time_us, operation, subject_kind, subject_id, principal, detail) VALUES ($1, $2, $3, $4, $5, $6)`

// keepEvent stores and announces the event of a transaction. It does nothing if the transaction changed nothing.
func (db *DB) keepEvent(ctx context.Context, op string, tx *Tx) error {
	e := &tx.event
	if e.Kind == "" {
		return nil
	}
	err := tx.Exec(ctx, addEvent, Micros(db.Now()), strings.TrimPrefix(op, "store."), string(e.Kind), Storable(e.ID), auth.From(ctx).KeyID, Storable(e.Detail))
	if err != nil || len(tx.topics) == 0 {
		return err
	}
	return db.Backend.announce(ctx, tx, tx.topics)
}

// Events returns the events with a Seq greater than after, at most limit, in ascending order.
func (db *DB) Events(ctx context.Context, after int64, limit int) ([]Event, error) {
	const text = `SELECT seq, time_us, operation, subject_kind, subject_id, principal, detail FROM event WHERE seq > $1 ORDER BY seq LIMIT $2`
	events, err := List(ctx, db.Read, text, []any{after, limit}, func(rows *sql.Rows) (e Event, err error) {
		var at int64
		err = rows.Scan(&e.Seq, &at, &e.Operation, &e.Kind, &e.ID, &e.Principal, &e.Detail)
		e.Time = FromMicros(at)
		return e, err
	})
	return events, db.Fail("store.Events", err)
}

const (
	keepEvents  = 90 * 24 * time.Hour // how long events are kept
	sweepEvents = 1000                // most events that one transaction deletes
	// The newest event stays, so that its number is never used again.
	oldEvents = ` FROM event WHERE time_us < $1 AND seq < (SELECT MAX(seq) FROM event)`
)

// SweepEvents deletes events that are older than 90 days.
func (db *DB) SweepEvents(ctx context.Context) error {
	before := Micros(db.Now().Add(-keepEvents))
	for {
		if some, err := Found(ctx, db.Read, `SELECT 1`+oldEvents+` LIMIT 1`, []any{before}); err != nil || !some {
			return err // does not wait for the writer
		}
		err := db.Change(ctx, "store.Sweep", func(ctx context.Context, tx *Tx) error {
			return tx.Exec(ctx, `DELETE FROM event WHERE seq IN (SELECT seq`+oldEvents+` ORDER BY time_us LIMIT $2)`, before, sweepEvents)
		})
		if err != nil {
			return err
		}
	}
}
