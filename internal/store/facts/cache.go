package facts

import (
	"container/list"
	"sync"
)

// Key names a decoded column: of a segment, as it was built at some time.
type Key struct {
	Segment, Built int64
	Column         Column
}

// Cache keeps decoded columns, up to a number of bytes. Those that were not used for the longest time are forgotten first. It is safe for
// concurrent use.
type Cache struct {
	mu    sync.Mutex
	room  int
	items map[Key]*list.Element
	used  list.List // of cached, the latest in front
}

type cached struct {
	key    Key
	column any
	cost   int
}

// NewCache returns a Cache of about room bytes.
func NewCache(room int) *Cache { return &Cache{room: room, items: map[Key]*list.Element{}} }

// Get returns a column, nil if it is not there.
func (c *Cache) Get(k Key) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.items[k]
	if !ok {
		return nil
	}
	c.used.MoveToFront(e)
	return e.Value.(*cached).column
}

// Put keeps a column whose blob had size bytes.
func (c *Cache) Put(k Key, column any, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.items[k]; ok {
		return
	}
	const overhead = 200
	entry := &cached{k, column, size + overhead}
	c.items[k] = c.used.PushFront(entry)
	c.room -= entry.cost
	for c.room < 0 {
		last := c.used.Back()
		old := c.used.Remove(last).(*cached)
		delete(c.items, old.key)
		c.room += old.cost
	}
}
