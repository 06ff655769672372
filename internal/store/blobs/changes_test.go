package blobs

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// made is what changes are, made to base.
func made(t rapid.TB, base, changes []byte) []byte {
	out, err := Changed(base, changes)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestChangesMakeTheTarget(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		piece := rapid.OneOf(rapid.SliceOfN(rapid.Byte(), 0, 100), rapid.Just([]byte(sentence)), rapid.Just(bytes.Repeat([]byte("ab"), 100)))
		join := func(name string) []byte { return bytes.Join(rapid.SliceOf(piece).Draw(r, name), nil) }
		base, target := join("base"), join("target")
		if rapid.Bool().Draw(r, "grown") {
			target = append(bytes.Clone(base), target...)
		}
		if got := made(r, base, AppendChanges(nil, base, target)); !bytes.Equal(got, target) {
			r.Fatalf("%q became %q", target, got)
		}
	})
}

// TestChangesAreSmall states what is found again: what stands before and behind an insertion, and in another order.
func TestChangesAreSmall(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	base := make([]byte, 50_000)
	for i := range base {
		base[i] = byte(random.IntN(256))
	}
	a, b, c := base[:20_000], base[20_000:33_333], base[33_333:]
	for name, target := range map[string][]byte{
		"the same":     base,
		"grown":        append(bytes.Clone(base), "end"...),
		"cut":          base[:30_000],
		"without a":    append(bytes.Clone(b), c...),
		"inserted":     bytes.Join([][]byte{a, []byte("new"), b, []byte("x"), c}, nil),
		"other orders": bytes.Join([][]byte{c, b, a}, nil),
	} {
		changes := AppendChanges(nil, base, target)
		if got := made(t, base, changes); !bytes.Equal(got, target) {
			t.Errorf("%s: it came back changed", name)
		}
		if len(changes) > 100 {
			t.Errorf("%s: changes of %d bytes", name, len(changes))
		}
	}
}

// TestEscapedTextsAreShared states that texts with line ends and quotes are found in JSON, wherever they stand, and in parts if it has other escapes.
func TestEscapedTextsAreShared(t *testing.T) {
	code := strings.Repeat("if a[\"x\"] == \"\" {\n\treturn \"\\\\\"\n}\n", 20)
	foreign := strings.Repeat("a line without anything unusual in it, for once. ", 5) + "é" + strings.Repeat("what follows is as usual, and as long as that. ", 5)
	payload := []byte("first:" + code)
	var texts sources
	texts = texts.add(payload, code)
	payload = append(payload, foreign...)
	texts = texts.add(payload, foreign)
	escaped := string(appendEscaped(nil, []byte(code)))
	body := []byte(`{"messages":["` + strings.ReplaceAll(foreign, "é", `\u00e9`) + `"],"system":"` + escaped + `"}`)
	b := texts.appendShared(bytes.Clone(payload), 0, 1, 2, body)[len(payload):]
	f := fields{rest: b}
	if !f.next() || f.num != 2 {
		t.Fatalf("nothing is shared: %q", b)
	}
	if got := readShared(&f, payload); !bytes.Equal(got, body) {
		t.Errorf("it came back as %q", got)
	}
	if len(b) > 100 {
		t.Errorf("%d bytes are stored: %q", len(b), b)
	}
}

func BenchmarkChanges(b *testing.B) {
	base := bytes.Repeat([]byte(sentence), 76<<10/len(sentence))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range base {
		base[i] ^= byte(random.IntN(16))
	}
	target := bytes.Join([][]byte{base[:30_000], bytes.Repeat([]byte("0123456789"), 200), base[30_000:]}, nil)
	b.SetBytes(int64(len(target)))
	var out []byte
	for b.Loop() {
		out = AppendChanges(out[:0], base, target)
	}
	b.ReportMetric(float64(len(out)), "stored-bytes")
}
