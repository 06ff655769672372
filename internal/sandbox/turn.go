package sandbox

import "context"

// turn is the use of a seat by one run. While the run waits for a request, another may have a seat instead, so that what waits does not keep from
// computing what could.
type turn struct {
	pool *Pool
	seat *seat
	ctx  context.Context // of the run
	lent bool            // another run has the place of seat, and nothing came back for it
}

// maxWaiting is how many runs may wait for a request without a place. Each keeps the memory of an interpreter. Further ones keep their place.
const maxWaiting = 8

// fetcher makes the requests of the turn's run by fetch, which may be nil.
func (t *turn) fetcher(fetch Fetch) Fetch {
	if fetch == nil {
		return nil
	}
	return func(ctx context.Context, r *FetchRequest) (*FetchResponse, error) {
		select {
		case t.pool.waiting <- struct{}{}:
		default:
			return fetch(ctx, r)
		}
		defer func() { <-t.pool.waiting }()
		t.lend()
		res, err := fetch(ctx, r)
		if fault := t.back(); fault != nil {
			return nil, fault
		}
		return res, err
	}
}

// lend gives the place of the run away.
func (t *turn) lend() {
	t.lent = true
	t.pool.free <- new(seat)
}

// back waits for a place, until the run is over.
func (t *turn) back() error {
	select {
	case other := <-t.pool.free:
		other.close()
		t.lent = false
		return nil
	case <-t.ctx.Done():
		return context.Cause(t.ctx)
	}
}

// end gives the seat back. If another has its place, the interpreter is one too many.
func (t *turn) end() {
	if t.lent {
		t.seat.close()
		return
	}
	t.pool.free <- t.seat
}

// close gives back the memory of the interpreter, if there is one.
func (s *seat) close() {
	if s.worker != nil {
		s.worker.close()
		s.worker = nil
	}
}
