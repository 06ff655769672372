package sqldb

import (
	"os"
	"sync"
)

// walFile makes what was committed to an SQLite WAL durable. SQLite with synchronous=FULL does so too, but with fsync, which also writes
// the file's times and with them the file system's journal: a quarter of the work of a call. So SQLite runs with synchronous=NORMAL, where
// it syncs the WAL only before it writes pages back, and every commit is followed by sync before anybody is told of it. The durability is
// that of FULL: a transaction that was acknowledged is on disk, and one that was not may or may not be.
//
// The file stays the same while a connection is open: SQLite overwrites it from its start, and deletes it with the last connection.
type walFile struct {
	path string

	mu   sync.Mutex
	file *os.File // opened at the first sync: the first commit makes it
}

// sync returns when all that was committed before is on disk.
func (w *walFile) sync() error {
	f, err := w.open()
	if err == nil {
		err = dataSync(f)
	}
	if err != nil {
		return &syncError{err}
	}
	return nil
}

// syncError says that what was committed is not known to be on disk.
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

// close closes the file, which SQLite deletes afterwards.
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
