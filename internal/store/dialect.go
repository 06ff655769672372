package store

import (
	"context"
	"database/sql"
)

// backend is what the two databases do differently. Everything else is written once, over database/sql.
type backend interface {
	// begin starts a transaction that writes. The context returned is for its statements; end is called with the outcome of its commit,
	// or why there was none, and returns it, or why what was committed is not durable.
	begin(ctx context.Context) (within context.Context, tx *sql.Tx, end func(error) error, err error)
	// announce tells other processes, once tx is committed, of a change that is about these topics.
	announce(ctx context.Context, tx *sql.Tx, about []Topic) error
	// watch calls changed when another process may have changed something; no topics stand for everything. It returns when ctx ends.
	watch(ctx context.Context, changed func(about []Topic))
	// migrator is a connection to migrate over; release gives it back.
	migrator(ctx context.Context) (conn *sql.Conn, release func() error, err error)
	// close closes all connections.
	close() error
}

// dialect is what the SQL of the two databases differs in.
type dialect struct {
	name     string // of the folder of its migrations
	position string // function of two texts: where the second is within the first, 0 for nowhere
	inUp     string // ends a condition: that a number is in the set up(seq); as an array, PostgreSQL expects few of them, and looks them up
	lockLog  string // ends a SELECT of one Log that an UPDATE follows
	lockRows string // ends a SELECT of one table, and locks what it finds until the transaction ends
	lock     string // statement that keeps other processes from migrating at the same time, and unlock its end
	unlock   string
	writers  string // query for the transactions that write Logs at the moment; "" where there can be only one
	arrays   bool   // a parameter can be a list
	fault    func(error) fault

	lockJudgments  string // statement after which nobody else stores judgments until the transaction ends; "" where nobody can
	shareJudgments string // statement after which nobody can lock them
}

// fault is what the code of a database's error means.
type fault int

const (
	otherFault  fault = iota
	uniqueFault       // a unique key exists
	outage            // the database is busy, full or out of reach: trying again can help
)
