package search

import (
	"encoding/binary"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// logEntry is what a segment knows of one of its Logs. It never changes, except that a Log outside a trace may become the root of one.
type logEntry struct {
	place   int
	created int64
	owner   logOwner
}

// logOwner is the part of an entry that many Logs share.
type logOwner struct {
	logs.Ref
	traced bool
}

// ownerCount is the number of a segment's Logs with one owner.
type ownerCount struct {
	owner logOwner
	count int
}

// ownersOf returns the owners of entries, in the order in which they first appear.
func ownersOf(entries []logEntry) []ownerCount {
	var owners []ownerCount
	for _, e := range entries {
		i := slices.IndexFunc(owners, func(o ownerCount) bool { return o.owner == e.owner })
		if i < 0 {
			i = len(owners)
			owners = append(owners, ownerCount{owner: e.owner})
		}
		owners[i].count++
	}
	return owners
}

func appendOwners(b []byte, owners []ownerCount) []byte {
	for _, o := range owners {
		b = binary.AppendVarint(b, o.owner.File)
		b = binary.AppendVarint(b, o.owner.Version)
		b = binary.AppendUvarint(b, uint64(o.count)<<1|uint64(sqldb.Flag(o.owner.traced))) //nolint:gosec // a count
	}
	return b
}

// readOwners calls yield with the owners of a segment in turn.
func readOwners(b []byte, yield func(ownerCount)) error {
	f := sqldb.Blob{Rest: b}
	for f.More() {
		o := ownerCount{owner: logOwner{Ref: logs.Ref{File: f.Varint(), Version: f.Varint()}}}
		n := f.Uvarint()
		o.count, o.owner.traced = int(n>>1), n&1 == 1
		if f.Err != nil || o.count > segmentSize {
			return sqldb.ErrMalformed
		}
		yield(o)
	}
	return f.Err
}

// appendEntries appends what a segment knows of its Logs, in the order of their places: for each the distance from the place before, the
// index of its owner, and the difference to the previous time of creation.
func appendEntries(b []byte, owners []ownerCount, entries []logEntry) []byte {
	place, created := 0, int64(0)
	for _, e := range entries {
		owner := slices.IndexFunc(owners, func(o ownerCount) bool { return o.owner == e.owner })
		b = binary.AppendUvarint(b, uint64(e.place-place)) //nolint:gosec // places grow
		b = binary.AppendUvarint(b, uint64(owner))         //nolint:gosec // always found
		b = binary.AppendVarint(b, e.created-created)
		place, created = e.place, e.created
	}
	return b
}

// readEntries calls yield with the entries of a segment whose owner is wanted.
func readEntries(b []byte, wanted []bool, yield func(place, owner int, created int64)) error {
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
		if place >= segmentSize || entry[1] >= uint64(len(wanted)) {
			return sqldb.ErrMalformed
		}
		if wanted[entry[1]] {
			yield(int(place), int(entry[1]), created)
		}
	}
	return nil
}
