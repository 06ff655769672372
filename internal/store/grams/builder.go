package grams

import (
	"encoding/binary"
	"slices"
)

// Lists with more places than this are not worth storing. For grams shorter than three bytes the limit is
// lower, since their lists hardly ever pay off.
const (
	maxPlaces      = Places * 7 / 8
	maxShortPlaces = Places / 2
)

// Rows are what is stored of the grams of a segment, while it is built: for each slot the lists of its grams. The zero value has none.
type Rows struct {
	slots  [Slots][]byte
	before [Slots]Gram // the last gram in each slot
}

// Slot returns a row: nil if the segment has no grams in it.
func (r *Rows) Slot(slot int) []byte { return r.slots[slot] }

// add adds the list of a gram at count places. Grams must come in ascending order. If set is nil, steps are the distances between the places;
// otherwise set holds the places.
func (r *Rows) add(g Gram, count int, steps []byte, set *PlaceSet) {
	slot := g.Slot()
	row := binary.AppendUvarint(r.slots[slot], uint64(g-r.before[slot]))
	switch {
	case count > maxPlaces || count > maxShortPlaces && g.length() < gramLength:
		row = binary.AppendUvarint(row, everyPlace)
	case set != nil:
		row = set.AppendTo(binary.AppendUvarint(row, setBytes<<2|bitOfPlace))
	default:
		row = append(binary.AppendUvarint(row, uint64(len(steps))<<2|placeSteps), steps...)
	}
	r.slots[slot], r.before[slot] = row, g
}

// Builder gathers the grams of one field of a segment's Logs, in the order of their places. A server under load has one in
// memory all the time, so it is small. A gram at one place, the most frequent case, takes 25 bytes. A gram at many places
// takes one bit for each place of the segment. Call Reset before anything else.
type Builder struct {
	field Field
	table []uint32 // by a hash of the gram, with linear probing: 1 + the index of its list, 0 for a free slot
	lists []entry
	sets  []PlaceSet

	pages []*[stepPage]stepBlock
	steps uint32 // how many are in use, or were
	free  uint32 // the first one that is free again, 0 for none
}

// entry says where a gram is.
type entry struct {
	gram        Gram
	count, last uint16 // number of places, and the last of them
	bytes       uint16 // of steps, until they become a set
	set         bool   // first is the number of its set
	first, end  uint32 // numbers of its blocks of steps, from 1 on; 0 while it has at most one place
}

const (
	stepPage  = 1 << 12 // blocks are allocated in pages of this many, and never copied
	stepBytes = 2       // most bytes of a distance
)

// stepBlock holds some of the distances between the places of a list. The first distance is from 0.
type stepBlock struct {
	next uint32
	used uint8
	data [11]byte
}

// Reset begins a field. It keeps the memory of the field before.
func (b *Builder) Reset(field Field) {
	if b.table == nil {
		b.table = make([]uint32, 1<<12)
	}
	clear(b.table)
	b.field, b.lists, b.sets, b.steps, b.free = field, b.lists[:0], b.sets[:0], 0, 0
}

// Add adds one of a Log's texts. A gram begins at every byte. Beyond the end of the text there are zeros.
// Places must not descend.
func (b *Builder) Add(place int, text string) {
	for i := range len(text) {
		g := uint32(b.field)<<26 | gramLength<<24 | uint32(text[i])<<16
		if i+1 < len(text) {
			g |= uint32(text[i+1]) << 8
		}
		if i+2 < len(text) {
			g |= uint32(text[i+2])
		}
		l := b.list(Gram(g))
		if l.count == 0 || int(l.last) != place {
			b.put(l, uint16(place)) //nolint:gosec // below Places
		}
	}
}

// list returns the list of a gram. It begins one if there is none.
func (b *Builder) list(g Gram) *entry {
	at := b.find(g)
	if b.table[at] != 0 {
		return &b.lists[b.table[at]-1]
	}
	b.lists = append(b.lists, entry{gram: g})
	b.table[at] = uint32(len(b.lists)) //nolint:gosec // fewer than 2^24
	if 2*len(b.lists) > len(b.table) {
		b.table = make([]uint32, 2*len(b.table))
		for i := range b.lists {
			b.table[b.find(b.lists[i].gram)] = uint32(i + 1)
		}
	}
	return &b.lists[len(b.lists)-1]
}

// find returns the place in table of a gram's list, or the place where it belongs.
func (b *Builder) find(g Gram) uint32 {
	mask := uint32(len(b.table) - 1) //nolint:gosec // a power of two
	at := uint32(g) * 0x9e3779b1 >> 12 & mask
	for b.table[at] != 0 && b.lists[b.table[at]-1].gram != g {
		at = (at + 1) & mask
	}
	return at
}

// put adds a place to a list. The place must come after the last one.
func (b *Builder) put(l *entry, place uint16) {
	switch {
	case l.set:
		b.sets[l.first].Add(int(place))
	case l.count > 0:
		if l.count == 1 {
			b.step(l, l.last)
		}
		b.step(l, place-l.last)
		if l.bytes >= setBytes {
			b.toSet(l)
		}
	}
	l.count, l.last = l.count+1, place
}

// step adds a distance to the blocks of a list.
func (b *Builder) step(l *entry, distance uint16) {
	if l.end == 0 {
		l.first = b.take()
		l.end = l.first
	}
	last := b.block(l.end)
	if int(last.used)+stepBytes > len(last.data) {
		last.next = b.take()
		l.end = last.next
		last = b.block(l.end)
	}
	n := binary.PutUvarint(last.data[last.used:], uint64(distance))
	last.used += uint8(n) //nolint:gosec // stepBytes at most
	l.bytes += uint16(n)  //nolint:gosec // likewise
}

func (b *Builder) block(number uint32) *stepBlock {
	return &b.pages[number/stepPage][number%stepPage]
}

func (b *Builder) take() uint32 {
	number := b.free
	if number != 0 {
		b.free = b.block(number).next
	} else {
		b.steps++
		number = b.steps
		if int(number) >= len(b.pages)*stepPage {
			b.pages = append(b.pages, new([stepPage]stepBlock))
		}
	}
	*b.block(number) = stepBlock{}
	return number
}

// toSet turns the steps of a list into a set and frees their blocks.
func (b *Builder) toSet(l *entry) {
	var steps [setBytes + binary.MaxVarintLen16]byte
	b.sets = append(b.sets, PlaceSet{})
	_ = b.sets[len(b.sets)-1].addSteps(b.stepsOf(l, steps[:0])) // our own bytes cannot be malformed
	b.block(l.end).next, b.free = b.free, l.first
	l.set, l.first, l.end = true, uint32(len(b.sets)-1), 0 //nolint:gosec // few
}

// stepsOf appends the distances between the places of a list to into.
func (b *Builder) stepsOf(l *entry, into []byte) []byte {
	if l.first == 0 {
		return binary.AppendUvarint(into, uint64(l.last))
	}
	for number := l.first; number != 0; {
		block := b.block(number)
		into, number = append(into, block.data[:block.used]...), block.next
	}
	return into
}

// AppendTo adds the lists of the field to r: first the grams of one byte, then of two, then of three. The places of the shorter grams follow
// from the grams of three bytes that begin with them. Fields must come in ascending order.
func (b *Builder) AppendTo(r *Rows) {
	slices.SortFunc(b.lists, func(x, y entry) int { return int(x.gram) - int(y.gram) })
	b.shortRows(r, 1)
	b.shortRows(r, 2)
	var room [setBytes]byte
	for i := range b.lists {
		l := &b.lists[i]
		if l.set {
			r.add(l.gram, int(l.count), nil, &b.sets[l.first])
			continue
		}
		r.add(l.gram, int(l.count), b.stepsOf(l, room[:0]), nil)
	}
}

// shortRows adds the lists of the grams of length bytes.
func (b *Builder) shortRows(r *Rows, length int) {
	var room [setBytes + binary.MaxVarintLen16]byte
	for i := 0; i < len(b.lists); {
		var places PlaceSet
		first := b.lists[i].gram.begin(length)
		for ; i < len(b.lists) && b.lists[i].gram.begin(length) == first; i++ {
			b.addPlaces(&places, &b.lists[i])
		}
		steps, last := room[:0], 0
		for place := range places.All() {
			if len(steps) >= setBytes {
				break
			}
			steps = binary.AppendUvarint(steps, uint64(place-last)) //nolint:gosec // places grow
			last = place
		}
		set := &places
		if len(steps) < setBytes {
			set = nil
		}
		r.add(first, places.Len(), steps, set)
	}
}

// addPlaces adds the places of a list to a set. It adds all places if the list is too long to be stored.
func (b *Builder) addPlaces(places *PlaceSet, l *entry) {
	switch {
	case l.count > maxPlaces:
		places.Fill()
	case l.set:
		places.Or(&b.sets[l.first])
	default:
		var room [setBytes]byte
		_ = places.addSteps(b.stepsOf(l, room[:0])) // our own bytes cannot be malformed
	}
}
