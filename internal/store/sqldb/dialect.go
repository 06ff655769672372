package sqldb

import (
	"context"
	"database/sql"
	"time"
)

// Backend holds what the two databases do differently. Everything else is written once, over database/sql.
type Backend interface {
	// begin starts a transaction that writes. Its statements must use the context within. The caller must call end with the error of the
	// commit, or with the reason why there was no commit. end returns that error, or says why the commit is not durable.
	begin(ctx context.Context) (within context.Context, tx session, end func(error) error, err error)
	messages
	// migrator returns a connection for migrations. release gives it back.
	migrator(ctx context.Context) (conn *sql.Conn, release func() error, err error)
	// clock returns the time on the clock that all processes share which use the database; now is that of this process.
	clock(now time.Time) time.Time
	close() error
}

// messages are what processes that share a database tell each other.
type messages interface {
	// announce tells other processes about a change of these topics, once tx is committed.
	announce(ctx context.Context, tx *Tx, about []Topic) error
	// wake tells other processes soon that there may be work, however often it is called.
	wake()
	// tell tells other processes something on a channel soon, or never: it does not wait.
	tell(about Channel, text string)
	// watch calls changed when another process may have changed something; no topics stand for everything. It calls heard for what others tell. It returns
	// when ctx ends.
	watch(ctx context.Context, changed func(about []Topic), heard func(about Channel, text string))
}

// Dialect holds the differences in the SQL of the two databases.
type Dialect struct {
	name     string // name of the folder with its migrations
	kind     string // name for people
	Position string // function of two texts: the place of the second in the first, 0 if it is not there
	ByteAt   string // likewise of bytes
	InUp     string // end of a condition: a number is in the set up(seq). The array makes PostgreSQL expect few of them, and look them up
	LockLog  string // end of a SELECT of one Log that an UPDATE follows
	LockRows string // ends a SELECT of one table, and locks what it finds until the transaction ends
	LockFree string // likewise, but passes over what others have locked
	lock     string // query whether other processes are kept from migrating from now on; "" if the transactions of migrations do that. unlock is its end
	unlock   string
	exclude  string // statement of [Tx.Exclude]; "" if every transaction does that
	migrated string // query that finds a row if the table migration is there
	Bytes    string // query for the size of the database on disk
	half     string // query that finds CopyTable
	Writers  string // query for the transactions that write Logs now; "" if there can be only one
	arrays   bool   // a parameter can be a list
	listed   string // table of the list $1: n counts from 0, value is the number
	Fault    func(error) Fault

	lockTimeout string // statement that bounds the waits for locks in a transaction to so many milliseconds; "" if nobody waits

	LockJudgments  string // after this statement nobody else stores judgments until the transaction ends; "" if nobody can
	ShareJudgments string // after this statement nobody can lock them
}

// Fault is the meaning of a database's error code.
type Fault int

const (
	otherFault Fault = iota
	// UniqueFault means that a unique key exists already.
	UniqueFault
	// outage means that the database is busy, full or out of reach, so a retry can help.
	outage
)
