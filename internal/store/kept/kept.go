// Package kept is the room of the store that knows where answers are kept by their providers: clients can come back to those, in the words of the provider.
package kept

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Response is an answer that its provider keeps.
type Response struct {
	ID         string // by which the provider knows it
	LogID      string // of the call
	Provider   string
	Credential string // the name of the key that the call was made with; "" for that of the server's environment
	KeyID      string // of the API key of the caller
}

// Store is the room. It is safe for concurrent use.
type Store struct{ *sqldb.DB }

// New returns the room of db.
func New(db *sqldb.DB) *Store { return &Store{db} }

const note = `INSERT INTO stored_response (id, log, provider, credential, key, created_us) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`

// Keep returns what the Log of a call, made at a time, carries into its commit: where the answer is kept. The first to note an id keeps it.
func Keep(r *Response, at time.Time) *logs.Rider {
	return &logs.Rider{Key: "response:" + r.ID, Statements: []logs.Statement{
		logs.Exec(note, sqldb.Storable(r.ID), sqldb.Storable(r.LogID), r.Provider, r.Credential, r.KeyID, sqldb.Micros(at)),
	}}
}

// KeptResponse returns where the answer with the id is kept. ok is false if nobody with the API key has made such an answer.
func (db *Store) KeptResponse(ctx context.Context, id, keyID string) (r Response, ok bool, err error) {
	defer db.Failed("store.KeptResponse", &err)
	const text = `SELECT id, log, provider, credential, key FROM stored_response WHERE id = $1 AND key = $2`
	ok, err = sqldb.Found(ctx, db.Read, text, []any{sqldb.Storable(id), keyID}, &r.ID, &r.LogID, &r.Provider, &r.Credential, &r.KeyID)
	return r, ok, err
}

// forgotten is the age at which it is forgotten where an answer is kept. OpenAI keeps answers for 30 days
// (https://platform.openai.com/docs/guides/your-data).
const forgotten = 31 * 24 * time.Hour

// SweepResponses forgets where answers were kept that their providers keep no more.
func (db *Store) SweepResponses(ctx context.Context) error {
	return db.Change(ctx, "store.SweepResponses", func(ctx context.Context, tx *sqldb.Tx) error {
		return tx.Exec(ctx, `DELETE FROM stored_response WHERE created_us < $1`, sqldb.Micros(db.Now().Add(-forgotten)))
	})
}
