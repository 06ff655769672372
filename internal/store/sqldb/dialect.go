package sqldb

import (
	"context"
	"database/sql"
)

// Backend is what the two databases do differently. Everything else is written once, over database/sql.
type Backend interface {
	// begin starts a transaction that writes. The context returned is for its statements; end is called with the outcome of its commit,
	// or why there was none, and returns it, or why what was committed is not durable.
	begin(ctx context.Context) (within context.Context, tx *sql.Tx, end func(error) error, err error)
	// announce tells other processes, once tx is committed, of a change that is about these topics.
	announce(ctx context.Context, tx *Tx, about []Topic) error
	// wake tells other processes soon that there may be work, however often it is called.
	wake()
	// watch calls changed when another process may have changed something; no topics stand for everything. It returns when ctx ends.
	watch(ctx context.Context, changed func(about []Topic))
	// migrator is a connection to migrate over; release gives it back.
	migrator(ctx context.Context) (conn *sql.Conn, release func() error, err error)
	close() error
}

// Dialect is what the SQL of the two databases differs in.
type Dialect struct {
	name     string // of the folder of its migrations
	Position string // function of two texts: where the second is within the first, 0 for nowhere
	InUp     string // ends a condition: that a number is in the set up(seq); as an array, PostgreSQL expects few of them, and looks them up
	LockLog  string // ends a SELECT of one Log that an UPDATE follows
	LockRows string // ends a SELECT of one table, and locks what it finds until the transaction ends
	LockFree string // likewise, but passes over what others have locked
	lock     string // statement that keeps other processes from migrating at the same time, and unlock its end
	unlock   string
	Writers  string // query for the transactions that write Logs at the moment; "" where there can be only one
	arrays   bool   // a parameter can be a list
	Fault    func(error) Fault

	LockJudgments  string // statement after which nobody else stores judgments until the transaction ends; "" where nobody can
	ShareJudgments string // statement after which nobody can lock them
}

// Fault is what the code of a database's error means.
type Fault int

const (
	otherFault Fault = iota
	// UniqueFault says that a unique key exists.
	UniqueFault
	// outage says that the database is busy, full or out of reach: trying again can help.
	outage
)
