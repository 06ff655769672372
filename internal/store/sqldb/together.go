package sqldb

import (
	"context"
	"runtime"
	"strings"
	"sync"
)

// Together reads for many callers with one query: for those that ask at about the same time, and while the query before is still running. It is safe for
// concurrent use.
type Together[K comparable, V any] struct {
	read func(ctx context.Context, keys []K) (map[K]V, error)
	turn sync.Mutex // one query at a time

	mu   sync.Mutex
	next *reading[K, V] // that callers can still join; nil for none
}

// reading is one query.
type reading[K comparable, V any] struct {
	keys  []K
	done  chan struct{}
	found map[K]V
	err   error
}

const (
	maxTogether  = 64 // keys
	gatherRounds = 4
)

// NewTogether returns a Together whose query is read. It gets a context without an end.
func NewTogether[K comparable, V any](read func(ctx context.Context, keys []K) (map[K]V, error)) *Together[K, V] {
	return &Together[K, V]{read: read}
}

// Get reads what there is for a key. It returns false if there is nothing.
func (t *Together[K, V]) Get(ctx context.Context, key K) (v V, ok bool, err error) {
	r, first := t.join(key)
	if first {
		t.lead(ctx, r)
	}
	select {
	case <-r.done:
		v, ok = r.found[key]
		return v, ok, r.err
	case <-ctx.Done():
		return v, false, ctx.Err()
	}
}

// join adds a key to the next query. It returns true to the first caller, who is to run it.
func (t *Together[K, V]) join(key K) (r *reading[K, V], first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r, first = t.next, t.next == nil; first {
		r = &reading[K, V]{done: make(chan struct{}), err: errUnfinished}
		t.next = r
	}
	if r.keys = append(r.keys, key); len(r.keys) >= maxTogether {
		t.next = nil
	}
	return r, first
}

// lead runs a query once the one before has ended, and no more callers are about to join it.
func (t *Together[K, V]) lead(ctx context.Context, r *reading[K, V]) {
	t.turn.Lock()
	defer t.turn.Unlock()
	defer close(r.done)
	r.found, r.err = t.read(context.WithoutCancel(ctx), t.gathered(r))
}

// gathered lets goroutines run that are about to join, as long as some do, and closes the query to others. It costs nothing when the process is idle.
func (t *Together[K, V]) gathered(r *reading[K, V]) []K {
	n := 0
	for range gatherRounds {
		t.mu.Lock()
		before := n
		n = len(r.keys)
		if n == before || n >= maxTogether {
			t.mu.Unlock()
			break
		}
		t.mu.Unlock()
		runtime.Gosched()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next == r {
		t.next = nil
	}
	return r.keys
}

// WithKeys begins a query about the rows of a table k, which holds keys of so many numbers each. It has one of few lengths, so that there are few texts to
// prepare; what is added are keys of minus one.
func WithKeys(columns string, keys [][]any) (with string, args []any) {
	width, n := len(keys[0]), 1
	for n < len(keys) {
		n *= 2
	}
	var w Where
	row := func(key []any) string {
		parts := make([]string, width)
		for i := range parts {
			v := any(int64(-1))
			if key != nil {
				v = key[i]
			}
			parts[i] = "CAST(" + w.Param(v) + " AS BIGINT)"
		}
		return "(" + strings.Join(parts, ", ") + ")"
	}
	rows := make([]string, n)
	for i := range rows {
		if i < len(keys) {
			rows[i] = row(keys[i])
		} else {
			rows[i] = row(nil)
		}
	}
	return "WITH k (" + columns + ") AS (VALUES " + strings.Join(rows, ", ") + ") ", w.Args
}
