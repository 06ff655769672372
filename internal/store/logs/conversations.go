package logs

import (
	"container/list"
	"hash/maphash"
	"sync"
	"sync/atomic"

	"github.com/openloop-server/openloop/internal/store/blobs"
	"github.com/openloop-server/openloop/internal/trace"
)

// Clients of other vendors send the whole conversation with each call. What such a call asked is a part of its own, stored as the changes to that of the
// call before it. This process remembers the parts that it has stored last, so that no call waits for a read: what another process stored, and what was
// forgotten, is stored whole.

const (
	minPart      = 4 << 10  // bytes from which on what was asked is a part of its own
	maxChain     = 32       // parts that are read for a Log at most
	maxRemembers = 64 << 20 // bytes of parts that are remembered
)

// part is what a call asked.
type part struct {
	asked []byte       // as [blobs.Asked] writes it
	depth int          // parts that are read for it at most, besides its own
	seq   atomic.Int64 // its number, 0 while it is not stored
}

// pendingPart is a part on its way into the database.
type pendingPart struct {
	*part
	key     uint64
	base    *part  // that changes are to; nil if the part is stored whole
	changes []byte // less than half of the part
}

// partOf returns what l asked as a part, nil if that is not one. It refers to no memory of l.
func (r *recent) partOf(l *trace.Log) *pendingPart {
	if l.Ingress == "" || l.PayloadDropped || !isLong(&l.Payload) {
		return nil
	}
	asked := blobs.Asked(&l.Payload)
	if len(asked) < minPart {
		return nil
	}
	p := &pendingPart{part: &part{asked: asked}, key: r.key(l, asked)}
	base := r.find(p.key)
	if base == nil || base.depth+1 == maxChain {
		return p
	}
	if changes := blobs.AppendChanges(nil, base.asked, asked); worthwhile(len(base.asked), len(asked), len(changes)) {
		p.base, p.changes, p.depth = base, changes, base.depth+1
	}
	return p
}

// isLong reports whether what was asked may be long enough for a part of its own.
func isLong(p *trace.Payload) bool {
	n := len(p.ProviderRequest) + len(p.Parameters)
	for i := 0; n < minPart && i < len(p.Messages); i++ {
		n += len(p.Messages[i].Content.String())
	}
	return n >= minPart && len(p.Messages) > 0
}

// worthwhile reports whether changes of so many bytes are less than half of what was asked, and leave out no more than an eighth of the base: a base stays as
// long as it is needed, also what is said nowhere else any more.
func worthwhile(base, asked, changes int) bool {
	leftOut := base - (asked - changes)
	return changes < asked/2 && leftOut <= base/8
}

// data returns what is stored, and the number of the part that it is changes to, 0 for none. found reports whether that is there: what was deleted
// meanwhile is no base.
func (p *pendingPart) data(found func(base int64) bool) (data []byte, base int64) {
	if p.base != nil {
		if base = p.base.seq.Load(); base != 0 && found(base) {
			return p.changes, base
		}
	}
	return p.asked, 0
}

// size is how many bytes are stored, about.
func (p *pendingPart) size() int {
	switch {
	case p == nil:
		return 0
	case p.base != nil:
		return len(p.changes)
	}
	return len(p.asked)
}

// recent are the parts of the last calls of conversations, the least recent first. It is safe for concurrent use.
type recent struct {
	seed maphash.Seed

	mu    sync.Mutex
	byKey map[uint64]*list.Element
	order list.List // of remembered
	size  int
}

type remembered struct {
	key  uint64
	part *part
}

func newRecent() *recent { return &recent{seed: maphash.MakeSeed(), byKey: map[uint64]*list.Element{}} }

// key tells conversations apart by who leads them, by their name, and by how they begin: several may have one name.
func (r *recent) key(l *trace.Log, asked []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(r.seed)
	for _, text := range []string{l.CreatedBy, l.Conversation} {
		_, _ = h.WriteString(text) // a hash takes everything
		_ = h.WriteByte(0)
	}
	_, _ = h.Write(blobs.Opening(asked))
	return h.Sum64()
}

func (r *recent) find(key uint64) *part {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.byKey[key]
	if e == nil {
		return nil
	}
	r.order.MoveToBack(e)
	return e.Value.(*remembered).part
}

// keep remembers p, which has been stored, or will be before what is stored later.
func (r *recent) keep(p *pendingPart) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.byKey[p.key]; e != nil {
		r.drop(e)
	}
	r.byKey[p.key] = r.order.PushBack(&remembered{p.key, p.part})
	r.size += cap(p.asked)
	for r.size > maxRemembers && r.order.Len() > 1 {
		r.drop(r.order.Front())
	}
}

func (r *recent) drop(e *list.Element) {
	one := r.order.Remove(e).(*remembered)
	delete(r.byKey, one.key)
	r.size -= cap(one.part.asked)
}
