package sqldb

import (
	"cmp"
	"errors"
	"net"
	"os"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/openloop-server/openloop/internal/errs"
)

// OpenError returns the error for a database that could not be opened: dependency_unavailable, with a message that tells the operator why.
// The message holds no text of the driver, no SQL, and no password of the URL.
func OpenError(err error) error {
	return &errs.Error{Reason: errs.DependencyUnavailable, Op: "store.Open", Message: whyNotOpened(err), Err: err}
}

// plainFault is an error whose text is a sentence for the operator.
type plainFault string

func (f plainFault) Error() string { return string(f) }

func whyNotOpened(err error) string {
	if plain, ok := errors.AsType[plainFault](err); ok {
		return plain.Error()
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return whyNotSQLite(e.Code())
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return cmp.Or(whyNotPostgres[e.Code], "It refuses what the server needs to do there. Its own log says why.")
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		return "The name of its host, " + e.Name + ", is not known. Correct the URL."
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return "Nothing listens at its host and port. Start it, or correct the URL."
	}
	if e, ok := errors.AsType[net.Error](err); errors.Is(err, os.ErrDeadlineExceeded) || ok && e.Timeout() {
		return "Its host does not answer. See that it runs and can be reached from here, or correct the URL."
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return "No connection to it can be made. See that it runs and can be reached from here, or correct the URL."
	}
	return "It could not be opened."
}

// whyNotSQLite explains a result code of SQLite (https://sqlite.org/rescode.html).
func whyNotSQLite(code int) string {
	switch code & 0xff {
	case sqlite3.SQLITE_CANTOPEN:
		return "The file, or the folder it is in, cannot be opened. Let the account that runs this read and write both."
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return "The file, or the folder it is in, cannot be written. Let the account that runs this write both."
	case sqlite3.SQLITE_NOTADB:
		return "The file is no SQLite database. Move it away, or name another folder."
	case sqlite3.SQLITE_CORRUPT:
		return "The file is damaged. Put a backup in its place."
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		return "Another process has locked the file. End it, or name another folder."
	case sqlite3.SQLITE_FULL:
		return "The disk is full. Make room on it."
	case sqlite3.SQLITE_IOERR:
		return "The disk does not read or write the file. Look at the log of the operating system."
	}
	return "It could not be opened."
}

// whyNotPostgres explains the codes in appendix A of PostgreSQL's manual.
var whyNotPostgres = map[string]string{
	"28P01": wrongUser,
	"28000": wrongUser,
	"3D000": "There is no database of that name. Make it, or correct the URL.",
	"53300": "It takes no more connections. Raise its max_connections, or lower pool_max_conns in the URL.",
	"57P03": "It is starting up, or shutting down. Try again in a moment.",
	"42501": "The user may not make tables there. Grant it that, or make it the owner.",
	"25006": "It can only be read: it is a standby, or set to read only. Name one that can be written.",
	"53100": "Its disk is full. Make room on it.",
}

const wrongUser = "It does not accept the user, or the password. Correct the URL."
