package logs

import (
	"context"
	"sync"

	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/store/versions"
)

// Ref identifies a version and its File by their sequence numbers. Rows of Logs hold these instead of ids.
type Ref struct{ File, Version int64 }

// refs caches the numbers of versions. They never change, and the row of a version is never deleted.
type refs struct {
	mu sync.RWMutex
	of map[refKey]Ref
}

type refKey struct{ fileID, versionID string }

const maxRefs = 10_000

const selectRef = `SELECT f.seq, v.seq FROM version v JOIN file f ON f.seq = v.file WHERE v.id = $1 AND f.id = $2`

// ref returns the numbers of a version of a File, deleted or not.
func (db *Store) ref(ctx context.Context, q sqldb.Querier, fileID, versionID string) (Ref, error) {
	key := refKey{fileID, versionID}
	db.refs.mu.RLock()
	ref, known := db.refs.of[key]
	db.refs.mu.RUnlock()
	if known {
		return ref, nil
	}
	args := []any{sqldb.Storable(versionID), sqldb.Storable(fileID)}
	err := sqldb.Must(ctx, q, versions.NoVersion(versionID), selectRef, args, &ref.File, &ref.Version)
	if err != nil {
		return ref, db.Fail("store.ref", err)
	}
	db.refs.mu.Lock()
	defer db.refs.mu.Unlock()
	if len(db.refs.of) >= maxRefs {
		clear(db.refs.of)
	}
	db.refs.of[key] = ref
	return ref, nil
}
