// Package health remembers how the targets of calls did, so that the next call is sent to one that can answer. It is a state machine: it has no
// clock, and every method is told the time.
//
// What a failure does to its target follows from its reason; see [Blames]. A failure that is the request's own does nothing.
package health

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// Account is a credential of a provider.
type Account struct {
	Provider   string
	Credential string // its name
	Revision   uint64 // which changes with its key and its address: nothing is known yet of the account that it then is
}

// Target is what a call is sent to: a model, with a credential.
type Target struct {
	Account
	Model string
}

// Book keeps the records of targets. It is safe for concurrent use.
type Book struct {
	start    time.Time
	tell     func(News)
	mu       sync.RWMutex
	records  map[Target]*Record
	accounts map[Account]*outages
}

const maxKept = 4096 // records; beyond, those of targets at rest are forgotten, or else all

// New returns an empty Book. Times before start count as start. It calls tell, which must be quick, for what others should know; nil means nobody.
func New(start time.Time, tell func(News)) *Book {
	if tell == nil {
		tell = func(News) {}
	}
	return &Book{start: start, tell: tell, records: map[Target]*Record{}, accounts: map[Account]*outages{}}
}

// Of returns the record of a target, the same one each time until it is forgotten.
func (b *Book) Of(t Target) *Record {
	b.mu.RLock()
	r := b.records[t]
	b.mu.RUnlock()
	if r != nil {
		return r
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if r := b.records[t]; r != nil {
		return r
	}
	b.makeRoom()
	r = &Record{book: b, target: t, account: b.account(t.Account)}
	b.records[t] = r
	return r
}

// account returns what is known of an account. Whoever calls it has the lock.
func (b *Book) account(a Account) *outages {
	o := b.accounts[a]
	if o == nil {
		o = new(outages)
		b.accounts[a] = o
	}
	return o
}

func (b *Book) makeRoom() {
	if len(b.records) < maxKept {
		return
	}
	used := map[Account]bool{}
	for t, r := range b.records {
		if r.atRest() {
			delete(b.records, t)
		} else {
			used[t.Account] = true
		}
	}
	if len(b.records) > maxKept/2 {
		clear(b.records)
		clear(used)
	}
	for a, o := range b.accounts {
		if !used[a] && o.now.Load() == nil {
			delete(b.accounts, a)
		}
	}
	if len(b.accounts) > maxKept/2 {
		clear(b.accounts)
	}
}

// Tested says that the credential of an account was found to work, whatever was known of it.
func (b *Book) Tested(a Account) {
	b.works(a)
	b.tell(News{Account: a})
}

func (b *Book) works(a Account) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if o := b.accounts[a]; o != nil {
		o.now.Store(nil)
		o.told.Store(0)
	}
}

// Record is the health of a target. It is safe for concurrent use.
type Record struct {
	book    *Book
	target  Target
	account *outages // of the credential, for all models
	own     outages
	load    atomic.Int32
	open    atomic.Bool // breaker.open, to be read without the lock

	mu      sync.Mutex
	breaker breaker
	limits  backoff
}

// Pass is the leave to ask a target once. Whoever has one calls Done once. The zero Pass is for a target of which no record is kept.
type Pass struct {
	record *Record
	began  time.Duration
	probe  bool // it finds out whether a target that failed answers again
}

// Load is the number of calls in flight.
func (r *Record) Load() int { return int(r.load.Load()) }

// Ends returns how long the target should be left alone; 0 for not at all.
func (r *Record) Ends(now time.Time) time.Duration {
	at := now.Sub(r.book.start)
	wait := max(r.own.left(at), r.account.left(at))
	if !r.open.Load() {
		return wait
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(wait, r.breaker.left(at))
}

// Enter gives leave to ask a target that has alternatives. It refuses one that is out, and one that failed too often but for a probe at a time.
func (r *Record) Enter(now time.Time) (Pass, bool) {
	at := now.Sub(r.book.start)
	if r.own.left(at) > 0 || r.account.left(at) > 0 {
		return Pass{}, false
	}
	return r.pass(at, func() bool { return r.breaker.left(at) == 0 })
}

// Insist gives leave to ask a target that has no alternative, also if it is out: its own answer says best what is wrong.
func (r *Record) Insist(now time.Time) Pass {
	p, _ := r.pass(now.Sub(r.book.start), func() bool { return true })
	return p
}

// pass gives leave; of an open breaker only if allow, which has the lock, says so.
func (r *Record) pass(at time.Duration, allow func() bool) (Pass, bool) {
	probe := r.open.Load()
	if probe {
		r.mu.Lock()
		defer r.mu.Unlock()
		if probe = r.breaker.open; probe {
			if !allow() {
				return Pass{}, false
			}
			r.breaker.probes++
		}
	}
	r.load.Add(1)
	return Pass{record: r, began: at, probe: probe}, true
}

// Done tells how the call ended. An err that nobody classified, as when the caller left, says nothing about the target.
func (p Pass) Done(now time.Time, err error) {
	r := p.record
	if r == nil {
		return
	}
	at := now.Sub(r.book.start)
	r.load.Add(-1)
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.probe {
		r.breaker.probes--
	}
	if err == nil {
		p.succeeded(at)
	} else if e, ok := errors.AsType[*errs.Error](err); ok {
		p.failed(at, e)
	}
	if open := r.breaker.open; open != r.open.Load() {
		r.open.Store(open)
	}
}

func (p Pass) succeeded(at time.Duration) {
	r := p.record
	r.breaker.succeeded(at, p.probe)
	r.own.end(p.began)
	r.account.end(p.began)
	if p.began >= r.limits.at {
		r.limits.pause = 0
	}
}

func (p Pass) failed(at time.Duration, e *errs.Error) {
	r := p.record
	switch effects[e.Reason] {
	case none:
	case limited:
		pause := e.RetryAfter
		if pause <= 0 {
			pause = r.limits.next(p.began, at, firstLimit)
		}
		r.leave(&r.own, r.target.Model, at, pause, e.Reason)
	case spent:
		pause := e.RetryAfter
		if pause <= 0 {
			pause = spentFor
		}
		r.leave(&r.own, r.target.Model, at, pause, e.Reason)
	case withheld:
		r.leave(&r.own, r.target.Model, at, withheldFor, e.Reason)
	case locked:
		r.leave(r.account, "", at, lockedFor, e.Reason)
	case broken:
		if r.breaker.failed(at, p.probe, e.Reason) {
			r.tell(&r.own, r.target.Model, at, r.breaker.pause, e.Reason)
		}
	}
}

// leave makes an outage of the model, or of all models of the account if model is "", and tells others of it.
func (r *Record) leave(o *outages, model string, at, by time.Duration, reason errs.Reason) {
	o.extend(at, by, reason)
	r.tell(o, model, at, by, reason)
}

// atRest reports whether forgetting r changes nothing but its counts.
func (r *Record) atRest() bool {
	return r.load.Load() == 0 && !r.open.Load() && r.own.now.Load() == nil
}
