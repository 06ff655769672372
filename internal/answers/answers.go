// Package answers remembers whole answers of models, in memory and for a time, so that the same request need not be sent again.
package answers

import (
	"container/list"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Key stands for a request, with all that its answer depends on.
type Key [sha256.Size]byte

// Answer is an answer of a model. It must not be changed once it is remembered.
type Answer struct {
	Provider string // that gave it
	Model    string
	Response *llm.Response // without what was exchanged with the provider, but for the body of a native one
	Dialect  llm.Dialect   // of that body
	At       time.Time     // when it was given
}

// Largest is the size in bytes beyond which an answer is not remembered.
const Largest = 1 << 20

// Cache holds the answers that were used last. It is safe for concurrent use.
type Cache struct {
	mu    sync.Mutex
	room  int64 // bytes
	held  int64
	used  *list.List // of *entry, the last used first
	byKey map[Key]*list.Element
}

type entry struct {
	key  Key
	size int64
	Answer
}

// New returns a cache that holds at most so many bytes of answers. It is nil for 0, and a nil Cache holds nothing.
func New(bytes int64) *Cache {
	if bytes <= 0 {
		return nil
	}
	return &Cache{room: bytes, used: list.New(), byKey: map[Key]*list.Element{}}
}

// Get returns the answer to a request if it was given at the time since or later.
func (c *Cache) Get(k Key, since time.Time) (*Answer, bool) {
	if c == nil {
		return nil, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.byKey[k]
	if !ok {
		return nil, false
	}
	e := at.Value.(*entry)
	if e.At.Before(since) {
		return nil, false
	}
	c.used.MoveToFront(at)
	return &e.Answer, true
}

// Put remembers an answer in place of an earlier one to the request. The ones that were not used for the longest time make room for it. One that
// is larger than [Largest] is not remembered.
func (c *Cache) Put(k Key, a Answer) {
	if c == nil {
		return
	}
	size := sizeOf(&a)
	if size > min(Largest, c.room) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, ok := c.byKey[k]; ok {
		c.drop(at)
	}
	for c.held+size > c.room {
		c.drop(c.used.Back())
	}
	c.held += size
	c.byKey[k] = c.used.PushFront(&entry{k, size, a})
}

func (c *Cache) drop(at *list.Element) {
	e := c.used.Remove(at).(*entry)
	delete(c.byKey, e.key)
	c.held -= e.size
}

// frame is what an answer takes beside its content, in bytes.
const frame = 1024

func sizeOf(a *Answer) int64 {
	message, err := json.Marshal(&a.Response.Message)
	if err != nil {
		return Largest + 1 // no answer of a model is
	}
	return frame + int64(len(message)+len(a.Response.LogProbs)+len(a.Response.Usage.Raw)+len(a.Response.RawResponse))
}
