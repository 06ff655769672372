package access

import (
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

const selectSessions = `SELECT s.id, s.hash, s.key_id, k.name, k.role, k.priority, s.user_agent, s.created_us, s.seen_us FROM session s
	JOIN api_key k ON k.id = s.key_id AND k.revoked_us = 0`

// seenLate is how much later than stored a session may have been used.
const seenLate = time.Hour

// CreateSession stores a session of the key s.KeyID, with the times of the moment, and returns it with the name and role of the key. It deletes
// sessions and links that have ended. Errors: gateway_key_invalid when the key was revoked.
func (db *Store) CreateSession(ctx context.Context, s auth.Session) (auth.Session, error) {
	err := db.Change(ctx, "store.CreateSession", func(ctx context.Context, tx *sqldb.Tx) (err error) {
		s, err = db.addSession(ctx, tx, s)
		return err
	})
	return s, err
}

// RedeemLink is [Store.CreateSession] for the key of the sign-in link with this hash, which is then used up. Errors: gateway_key_invalid when the
// link is unknown, used or too old, or its key was revoked.
func (db *Store) RedeemLink(ctx context.Context, hash string, s auth.Session) (auth.Session, error) {
	err := db.Change(ctx, "store.RedeemLink", func(ctx context.Context, tx *sqldb.Tx) error {
		invalid := errs.New(errs.GatewayKeyInvalid, "The sign-in link was used already, or is too old. `openloop login-link` prints another one.")
		err := sqldb.Must(ctx, tx, invalid, `DELETE FROM sign_in_link WHERE hash = $1 AND expires_us > $2 RETURNING key_id`,
			[]any{sqldb.Storable(hash), sqldb.Micros(db.Now())}, &s.KeyID)
		if err == nil {
			s, err = db.addSession(ctx, tx, s)
		}
		return err
	})
	return s, err
}

func (db *Store) addSession(ctx context.Context, tx *sqldb.Tx, s auth.Session) (auth.Session, error) {
	tx.Changed(sqldb.SessionKind, s.ID)
	tx.Detail(s.KeyID)
	now := db.Now()
	if err := tx.Exec(ctx, `DELETE FROM session WHERE created_us < $1 OR seen_us < $2`,
		sqldb.Micros(now.Add(-auth.SessionLife)), sqldb.Micros(now.Add(-auth.SessionIdle-seenLate))); err != nil {
		return s, err
	}
	if err := tx.Exec(ctx, `DELETE FROM sign_in_link WHERE expires_us <= $1`, sqldb.Micros(now)); err != nil {
		return s, err
	}
	err := tx.Exec(ctx, `INSERT INTO session (id, hash, key_id, user_agent, created_us, seen_us) VALUES ($1, $2, $3, $4, $5, $5)`,
		s.ID, s.Hash, s.KeyID, []byte(s.UserAgent), sqldb.Micros(now))
	if err != nil {
		return s, err
	}
	return sqldb.One(ctx, tx, invalidKey(), selectSessions+` WHERE s.id = $1`, []any{s.ID}, scanSession)
}

// SessionByHash reads the session with this hash, also one that was not used for too long. Errors: gateway_key_invalid when it is unknown, or its
// key was revoked.
func (db *Store) SessionByHash(ctx context.Context, hash string) (*auth.Session, error) {
	s, err := sqldb.One(ctx, db.Read, ErrSessionEnded(), selectSessions+` WHERE s.hash = $1`, []any{sqldb.Storable(hash)}, scanSession)
	if err != nil {
		return nil, db.Fail("store.SessionByHash", err)
	}
	return &s, nil
}

// Sessions lists the sessions of a key, the newest first, also those that were not used for too long.
func (db *Store) Sessions(ctx context.Context, keyID string) ([]auth.Session, error) {
	list, err := sqldb.List(ctx, db.Read, selectSessions+` WHERE s.key_id = $1 ORDER BY s.created_us DESC, s.id`, []any{sqldb.Storable(keyID)}, scanSession)
	return list, db.Fail("store.Sessions", err)
}

func scanSession(rows *sql.Rows) (s auth.Session, err error) {
	var created, seen int64
	err = rows.Scan(&s.ID, &s.Hash, &s.KeyID, &s.KeyName, &s.Role, &s.Priority, &s.UserAgent, &created, &seen)
	s.CreatedAt, s.SeenAt = sqldb.FromMicros(created), sqldb.FromMicros(seen)
	return s, err
}

// EndSession deletes a session of a key. Errors: resource_not_found.
func (db *Store) EndSession(ctx context.Context, keyID, id string) error {
	return db.Change(ctx, "store.EndSession", func(ctx context.Context, tx *sqldb.Tx) error {
		tx.Changed(sqldb.SessionKind, id, sqldb.Keys)
		missing := errs.New(errs.ResourceNotFound, "Session `%s` does not exist.", id)
		return sqldb.Must(ctx, tx, missing, `DELETE FROM session WHERE id = $1 AND key_id = $2 RETURNING id`, []any{sqldb.Storable(id), keyID})
	})
}

// CreateLink stores the hash of a sign-in link of a key, which is valid for [auth.LinkLife].
func (db *Store) CreateLink(ctx context.Context, hash, keyID string) error {
	return db.Change(ctx, "store.CreateLink", func(ctx context.Context, tx *sqldb.Tx) error {
		tx.Changed(sqldb.KeyKind, keyID)
		return db.insertLink(ctx, tx, hash, keyID)
	})
}

func (db *Store) insertLink(ctx context.Context, tx *sqldb.Tx, hash, keyID string) error {
	return tx.Exec(ctx, `INSERT INTO sign_in_link (hash, key_id, expires_us) VALUES ($1, $2, $3)`, hash, keyID, sqldb.Micros(db.Now().Add(auth.LinkLife)))
}

// ErrSessionEnded returns the error of a session that has ended: gateway_key_invalid.
func ErrSessionEnded() error {
	return errs.New(errs.GatewayKeyInvalid, "The session has ended. Sign in again.")
}
