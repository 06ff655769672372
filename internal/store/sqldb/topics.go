package sqldb

import (
	"hash/fnv"
	"strings"
	"sync/atomic"
)

// Topic is what a change is about. A cache must forget an entry when one of the topics that the entry depends on changes.
type Topic string

// The topics. Single Files have topics of their own, see [FileTopic].
const (
	Files    Topic = "files"    // all Files at once, as when a directory moves
	AnyFile  Topic = "any-file" // Files or any single one: a change of either is one of this
	Keys     Topic = "keys"     // API keys
	Secrets  Topic = "secrets"  // provider keys and variables of Tools
	Aliases  Topic = "aliases"  // of models
	Monitors Topic = "monitors" // which Evaluators monitor which Files
	Tasks    Topic = "tasks"    // work that waits; whoever does it is woken, see [DB.Woken]
)

const filePrefix = "file:"

// FileTopic returns the topic of one File: its own data, its place, its versions, its deployments, and what monitors it.
func FileTopic(id string) Topic { return Topic(filePrefix + id) }

// topics records when each topic changed last. Files share slots by the hash of their ids. That bounds the memory; at worst a cache forgets
// more than it must.
type topics struct {
	clock  atomic.Uint64 // counts changes
	all    atomic.Uint64 // when everything may have changed
	shared [6]atomic.Uint64
	file   atomic.Uint64 // when any File changed
	files  [1 << 16]atomic.Uint64

	woken chan struct{} // holds a token when there may be work
}

// slot returns nil if topic is unknown.
func (t *topics) slot(topic Topic) *atomic.Uint64 {
	switch topic {
	case Files:
		return &t.shared[0]
	case AnyFile:
		return &t.file
	case Keys:
		return &t.shared[1]
	case Secrets:
		return &t.shared[2]
	case Monitors:
		return &t.shared[3]
	case Tasks:
		return &t.shared[4]
	case Aliases:
		return &t.shared[5]
	}
	id, ok := strings.CutPrefix(string(topic), filePrefix)
	if !ok {
		return nil
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return &t.files[h.Sum32()%uint32(len(t.files))]
}

// changed records that something about the topics has changed and can be read. No topic, or one of a newer program, stands for everything.
func (t *topics) changed(of []Topic) {
	now := t.clock.Add(1)
	if len(of) == 0 {
		raise(&t.all, now)
		offer(t.woken)
	}
	for _, topic := range of {
		if topic == Tasks {
			offer(t.woken)
		}
		slot := t.slot(topic)
		if slot == nil {
			slot = &t.all
		}
		raise(slot, now)
		if topic == Files || strings.HasPrefix(string(topic), filePrefix) {
			raise(&t.file, now)
		}
	}
}

// raise sets slot to the later of two moments, whichever caller comes first.
func raise(slot *atomic.Uint64, to uint64) {
	for was := slot.Load(); was < to && !slot.CompareAndSwap(was, to); was = slot.Load() {
	}
}

// last returns the moment when one of the topics changed last.
func (t *topics) last(of []Topic) uint64 {
	last := t.all.Load()
	for _, topic := range of {
		if slot := t.slot(topic); slot != nil {
			last = max(last, slot.Load())
		}
	}
	return last
}

// Moment returns the current moment in the order of changes. Read it before reading the data, and ask [DB.Since] later.
func (db *DB) Moment() uint64 { return db.topics.clock.Load() }

// Since reports whether any of the topics has changed since moment.
func (db *DB) Since(moment uint64, of ...Topic) bool { return db.topics.last(of) > moment }

// Wake tells those who work on tasks, here and in other processes, that there may be some.
func (db *DB) Wake() {
	db.topics.changed([]Topic{Tasks})
	db.Backend.wake()
}

// Woken holds a token when there may be tasks that were not there before. One reader takes it.
func (db *DB) Woken() <-chan struct{} { return db.topics.woken }

// offer puts a token into a channel that has none.
func offer(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Channel is what processes tell each other of beside changes. Nothing depends on it: a message can be lost, and on SQLite there are none.
type Channel string

// Health is how targets of calls do.
const Health Channel = "health"

// maxTold is the longest message, in bytes. A longer one is not sent.
const maxTold = 4000

// Tell tells other processes something, soon. It does not wait.
func (db *DB) Tell(about Channel, text string) {
	if len(text) <= maxTold {
		db.Backend.tell(about, Storable(text))
	}
}

// Hear has f called for each message of other processes about a channel, one after the other. A later call replaces an earlier one. f must be quick.
func (db *DB) Hear(about Channel, f func(text string)) { db.hearers.Store(about, f) }

func (db *DB) hear(about Channel, text string) {
	if f, ok := db.hearers.Load(about); ok {
		f.(func(string))(text)
	}
}
