package facts

import (
	"encoding/binary"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/openloop-server/openloop/internal/store/grams"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Entry is what a segment knows of one of its Logs. It never changes, except that a Log outside a trace may become the root of one.
type Entry struct {
	Place   int
	Created int64 // in microseconds since 1970
	Owner   Owner
}

// Owner is the part of an entry that many Logs share.
type Owner struct {
	logs.Ref
	Traced bool // it belongs to a trace
}

// OwnerCount is the number of a segment's Logs with one owner.
type OwnerCount struct {
	Owner Owner
	Count int
}

// OwnersOf returns the owners of entries, in the order in which they first appear.
func OwnersOf(entries []Entry) []OwnerCount {
	var owners []OwnerCount
	for _, e := range entries {
		i := slices.IndexFunc(owners, func(o OwnerCount) bool { return o.Owner == e.Owner })
		if i < 0 {
			i = len(owners)
			owners = append(owners, OwnerCount{Owner: e.Owner})
		}
		owners[i].Count++
	}
	return owners
}

// AppendOwners appends the encoding of owners to b.
func AppendOwners(b []byte, owners []OwnerCount) []byte {
	for _, o := range owners {
		b = binary.AppendVarint(b, o.Owner.File)
		b = binary.AppendVarint(b, o.Owner.Version)
		b = binary.AppendUvarint(b, uint64(o.Count)<<1|uint64(sqldb.Flag(o.Owner.Traced))) //nolint:gosec // a count
	}
	return b
}

// ReadOwners calls yield with the owners of a segment in turn. It fails with [sqldb.ErrMalformed].
func ReadOwners(b []byte, yield func(OwnerCount)) error {
	f := sqldb.Blob{Rest: b}
	for f.More() {
		o := OwnerCount{Owner: Owner{Ref: logs.Ref{File: f.Varint(), Version: f.Varint()}}}
		n := f.Uvarint()
		o.Count, o.Owner.Traced = int(n>>1), n&1 == 1
		if f.Err != nil || o.Count > grams.Places {
			return sqldb.ErrMalformed
		}
		yield(o)
	}
	return f.Err
}

// AppendEntries appends the encoding of entries, which are in the order of their places and have these owners: for each the distance from the place before, the
// index of its owner, and the difference to the previous time of creation.
func AppendEntries(b []byte, owners []OwnerCount, entries []Entry) []byte {
	place, created := 0, int64(0)
	for _, e := range entries {
		owner := slices.IndexFunc(owners, func(o OwnerCount) bool { return o.Owner == e.Owner })
		b = binary.AppendUvarint(b, uint64(e.Place-place)) //nolint:gosec // places grow
		b = binary.AppendUvarint(b, uint64(owner))         //nolint:gosec // always found
		b = binary.AppendVarint(b, e.Created-created)
		place, created = e.Place, e.Created
	}
	return b
}

// ReadEntries calls yield with the entries of a segment whose owner is wanted; wanted and owner go by the order of the owners. It fails with
// [sqldb.ErrMalformed].
func ReadEntries(b []byte, wanted []bool, yield func(place, owner int, created int64)) error {
	place, created := uint64(0), int64(0)
	for len(b) > 0 {
		var entry [3]uint64
		for i := range entry {
			if len(b) > 0 && b[0] < 0x80 { // the usual case
				entry[i], b = uint64(b[0]), b[1:]
				continue
			}
			v, n := binary.Uvarint(b)
			if n <= 0 {
				return sqldb.ErrMalformed
			}
			entry[i], b = v, b[n:]
		}
		place += entry[0]
		created += protowire.DecodeZigZag(entry[2])
		if place >= grams.Places || entry[1] >= uint64(len(wanted)) {
			return sqldb.ErrMalformed
		}
		if wanted[entry[1]] {
			yield(int(place), int(entry[1]), created) //nolint:gosec // checked above
		}
	}
	return nil
}
