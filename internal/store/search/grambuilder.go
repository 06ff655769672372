package search

import (
	"encoding/binary"
	"slices"
)

// Lists with more places than this are not worth storing. For grams shorter than three bytes the limit is
// lower, since their lists hardly ever pay off.
const (
	maxPlaces      = segmentSize * 7 / 8
	maxShortPlaces = segmentSize / 2
)

// setBytes is the length of a placeSet in bytes: one bit for each place.
const setBytes = segmentSize / 8

// gramRows are the rows of log_gram of a segment while they are built: the lists of the grams of each
// slot. Grams must be added in ascending order.
type gramRows struct {
	slots  [gramSlots][]byte
	before [gramSlots]gram // the last gram in each slot
}

// add adds the list of a gram at count places. If set is nil, steps are the distances between the places; otherwise set holds the places.
func (r *gramRows) add(g gram, count int, steps []byte, set *placeSet) {
	slot := g.slot()
	row := binary.AppendUvarint(r.slots[slot], uint64(g-r.before[slot]))
	switch {
	case count > maxPlaces || count > maxShortPlaces && g.length() < gramLength:
		row = binary.AppendUvarint(row, everyPlace)
	case set != nil:
		row = set.appendTo(binary.AppendUvarint(row, setBytes<<2|bitOfPlace))
	default:
		row = append(binary.AppendUvarint(row, uint64(len(steps))<<2|placeSteps), steps...)
	}
	r.slots[slot], r.before[slot] = row, g
}

// gramBuilder gathers the grams of one field of a segment's Logs, in the order of their places. A server under load has one in
// memory all the time, so it is small. A gram at one place, the most frequent case, takes 25 bytes. A gram at many places
// takes one bit for each place of the segment.
type gramBuilder struct {
	field gramField
	table []uint32 // by a hash of the gram, with linear probing: 1 + the index of its list, 0 for a free slot
	lists []gramList
	sets  []placeSet

	pages []*[stepPage]stepBlock
	steps uint32 // how many are in use, or were
	free  uint32 // the first one that is free again, 0 for none
}

// gramList says where a gram is.
type gramList struct {
	gram        gram
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

func (b *gramBuilder) reset(field gramField) {
	if b.table == nil {
		b.table = make([]uint32, 1<<12)
	}
	clear(b.table)
	b.field, b.lists, b.sets, b.steps, b.free = field, b.lists[:0], b.sets[:0], 0, 0
}

// add adds one of a Log's texts. A gram begins at every byte. Beyond the end of the text there are zeros.
func (b *gramBuilder) add(place int, text string) {
	for i := range len(text) {
		g := uint32(b.field)<<26 | gramLength<<24 | uint32(text[i])<<16
		if i+1 < len(text) {
			g |= uint32(text[i+1]) << 8
		}
		if i+2 < len(text) {
			g |= uint32(text[i+2])
		}
		l := b.list(gram(g))
		if l.count == 0 || int(l.last) != place {
			b.put(l, uint16(place)) //nolint:gosec // below segmentSize
		}
	}
}

// list returns the list of a gram. It begins one if there is none.
func (b *gramBuilder) list(g gram) *gramList {
	at := b.find(g)
	if b.table[at] != 0 {
		return &b.lists[b.table[at]-1]
	}
	b.lists = append(b.lists, gramList{gram: g})
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
func (b *gramBuilder) find(g gram) uint32 {
	mask := uint32(len(b.table) - 1) //nolint:gosec // a power of two
	at := uint32(g) * 0x9e3779b1 >> 12 & mask
	for b.table[at] != 0 && b.lists[b.table[at]-1].gram != g {
		at = (at + 1) & mask
	}
	return at
}

// put adds a place to a list. The place must come after the last one.
func (b *gramBuilder) put(l *gramList, place uint16) {
	switch {
	case l.set:
		b.sets[l.first].add(int(place))
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
func (b *gramBuilder) step(l *gramList, distance uint16) {
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

func (b *gramBuilder) block(number uint32) *stepBlock {
	return &b.pages[number/stepPage][number%stepPage]
}

func (b *gramBuilder) take() uint32 {
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
func (b *gramBuilder) toSet(l *gramList) {
	var steps [setBytes + binary.MaxVarintLen16]byte
	b.sets = append(b.sets, placeSet{})
	_ = b.sets[len(b.sets)-1].addSteps(b.stepsOf(l, steps[:0])) // our own bytes cannot be malformed
	b.block(l.end).next, b.free = b.free, l.first
	l.set, l.first, l.end = true, uint32(len(b.sets)-1), 0 //nolint:gosec // few
}

// stepsOf appends the distances between the places of a list to into.
func (b *gramBuilder) stepsOf(l *gramList, into []byte) []byte {
	if l.first == 0 {
		return binary.AppendUvarint(into, uint64(l.last))
	}
	for number := l.first; number != 0; {
		block := b.block(number)
		into, number = append(into, block.data[:block.used]...), block.next
	}
	return into
}

// rows adds the lists of the field to those of the segment: first the grams of one byte, then of two, then of three. The places of the
// shorter grams follow from the grams of three bytes that begin with them.
func (b *gramBuilder) rows(r *gramRows) {
	slices.SortFunc(b.lists, func(x, y gramList) int { return int(x.gram) - int(y.gram) })
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
func (b *gramBuilder) shortRows(r *gramRows, length int) {
	var room [setBytes + binary.MaxVarintLen16]byte
	for i := 0; i < len(b.lists); {
		var places placeSet
		first := b.lists[i].gram.begin(length)
		for ; i < len(b.lists) && b.lists[i].gram.begin(length) == first; i++ {
			b.addPlaces(&places, &b.lists[i])
		}
		steps, last := room[:0], 0
		for place := range places.all() {
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
		r.add(first, places.len(), steps, set)
	}
}

// addPlaces adds the places of a list to a set. It adds all places if the list is too long to be stored.
func (b *gramBuilder) addPlaces(places *placeSet, l *gramList) {
	switch {
	case l.count > maxPlaces:
		places.fill()
	case l.set:
		places.or(&b.sets[l.first])
	default:
		var room [setBytes]byte
		_ = places.addSteps(b.stepsOf(l, room[:0])) // our own bytes cannot be malformed
	}
}
