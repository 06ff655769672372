package versions

import (
	"encoding/binary"
	"slices"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// member is a datapoint of a version.
type member struct {
	seq     int64 // of its row; 0 while it is not known
	digest  file.Digest
	content json.Value // while seq is not known
}

// chunk is some datapoints in a row. A stored chunk never changes, so versions share those that they have in common.
type chunk struct {
	seq     int64 // of its row; 0 while it has none
	members []member
}

// maxChunk is how many datapoints a chunk holds. An add of one to n datapoints writes a list of n/maxChunk chunks and a chunk, which is
// half full on average: with 100,000, that is 7 KB.
const maxChunk = 256

// leastShared is how many datapoints a chunk must hold to be shared. Smaller ones are joined with what follows, so many small additions do
// not leave many small chunks.
const leastShared = maxChunk / 2

// cut divides members into chunks. Chunks of old that come up again whole are used again.
func cut(members []member, old []chunk) []chunk {
	byFirst := map[file.Digest]chunk{}
	for _, c := range old {
		if len(c.members) >= leastShared {
			byFirst[c.members[0].digest] = c
		}
	}
	var out []chunk
	start := 0
	for i := 0; i < len(members); {
		c, ok := byFirst[members[i].digest]
		if !ok || !beginsWith(members[i:], c.members) {
			i++
			continue
		}
		out = append(append(out, divide(members[start:i])...), c)
		i += len(c.members)
		start = i
	}
	return append(out, divide(members[start:])...)
}

func beginsWith(members, start []member) bool {
	return len(members) >= len(start) &&
		slices.EqualFunc(members[:len(start)], start, func(a, b member) bool { return a.digest == b.digest })
}

func divide(members []member) []chunk {
	var out []chunk
	for part := range slices.Chunk(members, maxChunk) {
		out = append(out, chunk{members: part})
	}
	return out
}

// encodeMembers encodes a chunk: of each datapoint the difference of its seq to the one before, and its digest.
func encodeMembers(members []member) []byte {
	var b []byte
	last := int64(0)
	for i := range members {
		b = binary.AppendVarint(b, members[i].seq-last)
		b = append(b, members[i].digest[:]...)
		last = members[i].seq
	}
	return b
}

func decodeMembers(b []byte) ([]member, error) {
	f := sqldb.Blob{Rest: b}
	var members []member
	last := int64(0)
	for f.More() {
		last += f.Varint()
		m := member{seq: last}
		copy(m.digest[:], f.Take(uint64(len(m.digest))))
		members = append(members, m)
	}
	return members, f.Err
}

// chunkRef is how a version names a chunk.
type chunkRef struct {
	seq   int64
	count int
}

// appendRefs encodes the list of a version's chunks: of each the difference of its seq to the one before, and its length.
func appendRefs(b []byte, refs []chunkRef) []byte {
	last := int64(0)
	for _, r := range refs {
		b = binary.AppendVarint(b, r.seq-last)
		b = binary.AppendUvarint(b, uint64(r.count)) //nolint:gosec // a length
		last = r.seq
	}
	return b
}

func decodeRefs(b []byte) ([]chunkRef, error) {
	f := sqldb.Blob{Rest: b}
	var refs []chunkRef
	last := int64(0)
	for f.More() {
		last += f.Varint()
		refs = append(refs, chunkRef{last, int(f.Uvarint())}) //nolint:gosec // as it was written
	}
	return refs, f.Err
}
