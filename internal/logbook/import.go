package logbook

import (
	"context"
	"slices"
	"sync"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
)

// maxAtOnce is how many Logs of an import wait for their commit at the same time.
const maxAtOnce = 256

// Import records many entries like [Book.Put]. Their Logs must have ids. It returns the error of each entry, nil for a recorded one. Many
// Logs share a commit, and the roots of traces come last.
func (b *Book) Import(ctx context.Context, entries []Entry) []error {
	failed := make([]error, len(entries))
	in := importing{book: b, versions: map[string]func() (file.Snapshot, error){}}
	var below, roots []int
	for i := range entries {
		if l := &entries[i].Log; l.TraceID == l.ID {
			roots = append(roots, i)
		} else {
			below = append(below, i)
		}
	}
	for _, some := range [][]int{below, roots} {
		for chunk := range slices.Chunk(some, maxAtOnce) {
			var all sync.WaitGroup
			for _, i := range chunk {
				all.Go(func() { failed[i] = in.record(ctx, &entries[i]) })
			}
			all.Wait()
		}
	}
	return failed
}

// importing is one import. It finds or makes each version once.
type importing struct {
	book *Book

	mu       sync.Mutex
	versions map[string]func() (file.Snapshot, error)
}

func (in *importing) record(ctx context.Context, e *Entry) error {
	exists, err := in.book.o.DB.LogExists(ctx, e.Log.ID)
	if err != nil {
		return err
	}
	if exists {
		_, err := in.book.Put(ctx, *e)
		return err
	}
	version, err := in.version(ctx, e)
	if err != nil {
		return err
	}
	l, err := in.book.build(ctx, e.Log, &version)
	if err != nil {
		return err
	}
	err = in.book.Record(ctx, l)
	if errs.Is(err, errs.AlreadyExists) { // it was made in the meantime
		_, err = in.book.Put(ctx, *e)
		return err
	}
	return err
}

// version finds or makes the version of e.
func (in *importing) version(ctx context.Context, e *Entry) (file.Snapshot, error) {
	_, hash, err := file.Seal(e.Content)
	if err != nil {
		return file.Snapshot{}, errs.New(errs.ValidationFailed, "The content of `%s` holds an object that names a member twice.", e.Path)
	}
	key := e.ID + "\x00" + e.Path + "\x00" + hash
	in.mu.Lock()
	find, known := in.versions[key]
	if !known {
		find = sync.OnceValues(func() (file.Snapshot, error) {
			return in.book.version(ctx, e)
		})
		in.versions[key] = find
	}
	in.mu.Unlock()
	return find()
}
