package pyval

import (
	"encoding/binary"
	"math"
	"math/big"
)

// linearDict is the largest number of entries for which a Dict has no index.
const linearDict = 8

// Dict is Python's dict: it keeps the order of insertion. The zero Dict is empty and ready to use.
type Dict struct {
	entries []Entry
	index   map[any]int // by hashed key; nil while there are at most linearDict entries
}

// Entry is one member of a [Dict].
type Entry struct {
	hash any
	Key  Value
	Val  Value
}

// NewDict returns an empty dictionary with room for n entries.
func NewDict(n int) *Dict { return &Dict{entries: make([]Entry, 0, n)} }

// Len returns the number of entries.
func (d *Dict) Len() int { return len(d.entries) }

// Entries returns the entries in order. The caller must not change the slice.
func (d *Dict) Entries() []Entry { return d.entries }

// Get returns the value under key, and whether there is one. It fails if key cannot be hashed.
func (d *Dict) Get(m *Meter, key Value) (Value, bool, error) {
	h, err := hashKey(m, key)
	if err != nil {
		return nil, false, err
	}
	if i := d.find(h); i >= 0 {
		return d.entries[i].Val, true, nil
	}
	return nil, false, nil
}

// GetName returns the value under a string key, and whether there is one.
func (d *Dict) GetName(name string) (Value, bool) {
	if i := d.find(name); i >= 0 {
		return d.entries[i].Val, true
	}
	return nil, false
}

// Set puts val under key. A new key goes to the end. Set fails if key cannot be hashed.
func (d *Dict) Set(m *Meter, key, val Value) error {
	h, err := hashKey(m, key)
	if err != nil {
		return err
	}
	if i := d.find(h); i >= 0 {
		d.entries[i].Val = val
		return nil
	}
	if err := m.GrowItems(4); err != nil {
		return err
	}
	d.add(Entry{hash: h, Key: key, Val: val})
	return nil
}

// SetName puts val under a string key. The caller must charge the [Meter] for it.
func (d *Dict) SetName(name string, val Value) {
	if i := d.find(name); i >= 0 {
		d.entries[i].Val = val
		return
	}
	d.add(Entry{hash: name, Key: name, Val: val})
}

func (d *Dict) add(e Entry) {
	d.entries = append(d.entries, e)
	switch n := len(d.entries); {
	case d.index != nil:
		d.index[e.hash] = n - 1
	case n > linearDict:
		d.reindex()
	}
}

func (d *Dict) reindex() {
	d.index = make(map[any]int, 2*len(d.entries))
	for i := range d.entries {
		d.index[d.entries[i].hash] = i
	}
}

func (d *Dict) find(hash any) int {
	if d.index != nil {
		if i, ok := d.index[hash]; ok {
			return i
		}
		return -1
	}
	for i := range d.entries {
		if d.entries[i].hash == hash {
			return i
		}
	}
	return -1
}

// remove removes entry i.
func (d *Dict) remove(m *Meter, i int) error {
	if err := m.GrowItems(8 * len(d.entries)); err != nil {
		return err
	}
	d.entries = append(d.entries[:i:i], d.entries[i+1:]...)
	d.index = nil
	if len(d.entries) > linearDict {
		d.reindex()
	}
	return nil
}

func (d *Dict) clear() { d.entries, d.index = nil, nil }

// copyOf returns a shallow copy.
func (d *Dict) copyOf(m *Meter) (*Dict, error) {
	if err := m.GrowItems(4 * d.Len()); err != nil {
		return nil, err
	}
	c := &Dict{entries: append([]Entry(nil), d.entries...)}
	if len(c.entries) > linearDict {
		c.reindex()
	}
	return c, nil
}

// The hashed forms of keys that are not their own hash.
type (
	noneHash  struct{}
	undefHash struct{}
	bigHash   string
	tupleHash string
)

// hashKey returns a Go value that is equal for equal keys. As in Python, 1, 1.0 and True are the same key.
func hashKey(m *Meter, v Value) (any, error) {
	switch v := v.(type) {
	case nil:
		return noneHash{}, nil
	case string:
		return v, m.Work(len(v))
	case Markup:
		return string(v), m.Work(len(v))
	case bool:
		n, _ := Int(v)
		return n, nil
	case int64:
		return v, nil
	case *big.Int:
		return bigHash(v.Text(62)), nil
	case float64:
		return hashFloat(v), nil
	case *Tuple:
		return hashTuple(m, v)
	case *Undef:
		return undefHash{}, nil
	case *List, *Dict, *View:
		return nil, typeErrorf("unhashable type: '%s'", TypeName(v))
	}
	return v, nil
}

func hashFloat(f float64) any {
	if f == math.Trunc(f) && math.Abs(f) < 1<<62 {
		return int64(f)
	}
	if f == math.Trunc(f) && !math.IsInf(f, 0) {
		n, _ := big.NewFloat(f).Int(nil)
		return bigHash(n.Text(62))
	}
	return f
}

func hashTuple(m *Meter, t *Tuple) (any, error) {
	if err := m.nest(); err != nil {
		return nil, err
	}
	defer m.unnest()
	var b []byte
	for _, item := range t.Items {
		h, err := hashKey(m, item)
		if err != nil {
			return nil, err
		}
		tag, text, err := hashText(h)
		if err != nil {
			return nil, err
		}
		if err := m.Grow(len(text) + 10); err != nil {
			return nil, err
		}
		b = append(b, tag)
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	return tupleHash(b), nil
}

func hashText(h any) (byte, string, error) {
	switch h := h.(type) {
	case noneHash:
		return 'n', "", nil
	case undefHash:
		return 'u', "", nil
	case string:
		return 's', h, nil
	case bigHash:
		return 'b', string(h), nil
	case tupleHash:
		return 't', string(h), nil
	case int64:
		return 'i', string(binary.AppendVarint(nil, h)), nil
	case float64:
		return 'f', string(binary.AppendUvarint(nil, math.Float64bits(h))), nil
	}
	return 0, "", Errorf(Unsupported, "a tuple with this content can't be a key")
}
