package versions

import (
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// membersOf returns datapoints whose seqs and digests follow from numbers.
func membersOf(numbers []uint32) []member {
	var out []member
	for _, n := range numbers {
		m := member{seq: int64(n) + 1}
		binary.BigEndian.PutUint32(m.digest[:], n)
		out = append(out, m)
	}
	return out
}

func numbersOf(chunks []chunk) []uint32 {
	var out []uint32
	for _, c := range chunks {
		for _, m := range c.members {
			out = append(out, binary.BigEndian.Uint32(m.digest[:]))
		}
	}
	return out
}

// stored gives seqs, from first on, to the chunks that have none.
func stored(chunks []chunk, first int64) (all []chunk, made int) {
	for i := range chunks {
		if chunks[i].seq == 0 {
			chunks[i].seq = first + int64(made)
			made++
		}
	}
	return chunks, made
}

// TestCutSharesWhatStays edits a list by chance. Its chunks hold the list, none is too long, and few are new.
func TestCutSharesWhatStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := make([]uint32, rapid.IntRange(0, 2000).Draw(t, "length"))
		for i := range numbers {
			numbers[i] = uint32(i)
		}
		old, _ := stored(cut(membersOf(numbers), nil), 1)
		removed := rapid.SliceOfN(rapid.Uint32Range(0, 2000), 0, 3).Draw(t, "removed")
		gone := map[uint32]bool{}
		for _, n := range removed {
			gone[n] = true
		}
		var edited []uint32
		for _, n := range numbers {
			if !gone[n] {
				edited = append(edited, n)
			}
		}
		added := rapid.IntRange(0, 300).Draw(t, "added")
		for i := range added {
			edited = append(edited, uint32(10_000+i))
		}
		chunks, made := stored(cut(membersOf(edited), old), 1_000)
		if diff := cmp.Diff(edited, numbersOf(chunks)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		if limit := len(removed) + 3; made > limit {
			t.Fatalf("%d chunks are new, of %d", made, len(chunks))
		}
		for _, c := range chunks {
			if len(c.members) == 0 || len(c.members) > maxChunk {
				t.Fatalf("a chunk of %d", len(c.members))
			}
		}
	})
}

// TestCutOfManySmallAdditions adds datapoints one by one and states that chunks do not stay small.
func TestCutOfManySmallAdditions(t *testing.T) {
	var numbers []uint32
	var chunks []chunk
	next := int64(1)
	for i := range uint32(1000) {
		numbers = append(numbers, i)
		var made int
		chunks, made = stored(cut(membersOf(numbers), chunks), next)
		next += int64(made)
		if made != 1 {
			t.Fatalf("an addition made %d chunks", made)
		}
	}
	if limit := 1000/leastShared + 1; len(chunks) > limit {
		t.Errorf("%d chunks", len(chunks))
	}
}

func TestChunksAreDecodedAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := membersOf(rapid.SliceOf(rapid.Uint32()).Draw(t, "members"))
		got, err := decodeMembers(encodeMembers(members))
		if diff := cmp.Diff(members, got, cmp.AllowUnexported(member{})); diff != "" || err != nil {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
		var refs []chunkRef
		for _, m := range members {
			refs = append(refs, chunkRef{m.seq, int(m.seq % 300)})
		}
		gotRefs, err := decodeRefs(appendRefs(nil, refs))
		if diff := cmp.Diff(refs, gotRefs, cmp.AllowUnexported(chunkRef{})); diff != "" || err != nil {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
	})
}

func FuzzDecodeChunks(f *testing.F) {
	f.Add(encodeMembers(membersOf([]uint32{1, 2, 1 << 30})))
	f.Add(appendRefs(nil, []chunkRef{{1, 256}, {9, 1}}))
	f.Add([]byte{0x80})
	f.Fuzz(func(t *testing.T, data []byte) {
		if members, err := decodeMembers(data); err == nil {
			if again, err := decodeMembers(encodeMembers(members)); err != nil || len(again) != len(members) {
				t.Errorf("%d members became %d, %v", len(members), len(again), err)
			}
		}
		_, _ = decodeRefs(data)
	})
}
