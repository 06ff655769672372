package sqldb

import (
	"os"
	"sync"
)

// walFile makes commits to an SQLite WAL durable. SQLite with synchronous=FULL would do the same, but with fsync. That also writes the
// file's times, and with them the journal of the file system, which was a quarter of the work of a call. So SQLite runs with
// synchronous=NORMAL, in which it syncs the WAL only before it writes pages back. Every commit is followed by sync before its result is
// told. The durability is that of FULL: an acknowledged transaction is on disk; any other may be on disk or not.
//
// The file stays the same while a connection is open. SQLite overwrites it from its start, and deletes it with the last connection.
type walFile struct {
	path string

	mu   sync.Mutex
	file *os.File // opened at the first sync, because the first commit creates it
}

// sync returns once everything that was committed before is on disk.
func (w *walFile) sync() error {
	f, err := w.open()
	if err == nil {
		slowly()
		err = dataSync(f)
	}
	if err != nil {
		return &syncError{err}
	}
	return nil
}

// syncError says that a commit may not be on disk.
type syncError struct{ err error }

func (e *syncError) Error() string {
	return "the write-ahead log cannot be written to disk: " + e.err.Error()
}
func (e *syncError) Unwrap() error { return e.err }

func (w *walFile) open() (*os.File, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file != nil {
		return w.file, nil
	}
	var err error
	w.file, err = os.OpenFile(w.path, os.O_RDWR, 0)
	return w.file, err
}

// close closes the file. SQLite deletes it afterwards.
func (w *walFile) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file == nil {
		return nil
	}
	err := w.file.Close()
	w.file = nil
	return err
}
