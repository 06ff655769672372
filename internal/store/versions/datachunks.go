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
	seq     int64 // of its row; 0 while unknown
	digest  file.Digest
	content json.Value // while seq is unknown
	id      string     // that its row is to have; "" for a new one
}

// chunk is a run of consecutive datapoints. A stored chunk never changes, so versions share their common chunks.
type chunk struct {
	seq     int64 // of its row; 0 while not stored
	members []member
}

// maxChunk is the most datapoints in a chunk. Adding one to n datapoints writes a list of n/maxChunk chunks, and a chunk that is half full
// on average. With 100,000 datapoints that is 7 KB.
const maxChunk = 256

// leastShared is the least number of datapoints in a chunk that is shared. Smaller chunks are joined with what follows, so that many small
// additions do not leave many small chunks.
const leastShared = maxChunk / 2

// cut divides members into chunks. It reuses chunks of old that occur again as a whole.
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

// encodeMembers encodes a chunk: for each datapoint the difference from the seq before, and the digest.
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

// chunkRef is how a version refers to a chunk.
type chunkRef struct {
	seq   int64
	count int
}

// appendRefs encodes the list of a version's chunks: for each the difference from the seq before, and the length.
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
