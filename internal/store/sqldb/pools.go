package sqldb

import "time"

// PoolState is how the connections of a pool are used.
type PoolState struct {
	Name        string // "read" of SQLite, whose only writer waits in the queue of commits; "all" of PostgreSQL
	Most        int    // connections that there may be
	InUse, Idle int
	Waits       int64         // for a connection, since the start
	Waited      time.Duration // in all of them
}

// Pools returns the pools of the database.
func (db *DB) Pools() []PoolState {
	if p, ok := db.Backend.(*Postgres); ok {
		s := p.Pool.Stat()
		return []PoolState{{
			Name: "all", Most: int(s.MaxConns()), InUse: int(s.AcquiredConns()), Idle: int(s.IdleConns()), Waits: s.EmptyAcquireCount(), Waited: s.EmptyAcquireWaitTime(),
		}}
	}
	s := db.Read.db.Stats()
	return []PoolState{{Name: "read", Most: s.MaxOpenConnections, InUse: s.InUse, Idle: s.Idle, Waits: s.WaitCount, Waited: s.WaitDuration}}
}
