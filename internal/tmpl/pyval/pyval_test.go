package pyval

import (
	"context"
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func meter() *Meter { return NewMeter(context.Background(), 1<<30, 1<<30) }

func repr(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, v Value) string {
	t.Helper()
	s, err := Repr(meter(), v)
	if err != nil {
		t.Fatalf("Repr(%T): %v", v, err)
	}
	return s
}

// TestIntegersAreExact states that arithmetic on integers gives the results of unbounded integers, with division rounding down.
func TestIntegersAreExact(t *testing.T) {
	edge := rapid.SampledFrom([]int64{0, 1, -1, 2, -2, math.MaxInt64, math.MinInt64, 1 << 32, -1 << 32, 1<<53 + 1})
	number := rapid.OneOf(edge, rapid.Int64(), rapid.Int64Range(-20, 20))
	rapid.Check(t, func(t *rapid.T) {
		x, y := number.Draw(t, "x"), number.Draw(t, "y")
		bx, by := big.NewInt(x), big.NewInt(y)
		quo, rem := new(big.Int), new(big.Int)
		if y != 0 {
			quo.DivMod(bx, by, rem) // Euclidean
			if y < 0 && rem.Sign() != 0 {
				quo.Sub(quo, big.NewInt(1))
				rem.Add(rem, by)
			}
		}
		want := map[Op]*big.Int{
			Add: new(big.Int).Add(bx, by), Sub: new(big.Int).Sub(bx, by), Mul: new(big.Int).Mul(bx, by), FloorDiv: quo, Mod: rem,
		}
		for op, exact := range want {
			got, err := Arith(meter(), op, x, y)
			if y == 0 && (op == FloorDiv || op == Mod) {
				if err == nil {
					t.Fatalf("%d %v 0 = %v, want an error", x, op, got)
				}
				continue
			}
			if err != nil || repr(t, got) != exact.String() {
				t.Fatalf("%d %v %d = %v, %v; want %v", x, op, y, got, err, exact)
			}
			if _, isBig := got.(*big.Int); isBig == exact.IsInt64() {
				t.Fatalf("%d %v %d is a %T", x, op, y, got)
			}
		}
	})
}

// TestDictKeepsOrder states that a Dict equals a list of pairs after any sequence of changes.
func TestDictKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, d := meter(), &Dict{}
		var keys []string
		values := map[string]int64{}
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				k, v := rapid.StringN(1, 2, -1).Draw(t, "key"), rapid.Int64().Draw(t, "value")
				if _, ok := values[k]; !ok {
					keys = append(keys, k)
				}
				values[k] = v
				if err := d.Set(m, k, v); err != nil {
					t.Fatal(err)
				}
			},
			"pop": func(t *rapid.T) {
				if len(keys) == 0 {
					t.Skip("empty")
				}
				i := rapid.IntRange(0, len(keys)-1).Draw(t, "index")
				if _, _, err := CallMethod(m, d, "pop", Args{Pos: []Value{keys[i]}}); err != nil {
					t.Fatal(err)
				}
				delete(values, keys[i])
				keys = append(keys[:i:i], keys[i+1:]...)
			},
			"": func(t *rapid.T) {
				if d.Len() != len(keys) {
					t.Fatalf("length %d, want %d", d.Len(), len(keys))
				}
				for i, e := range d.Entries() {
					if got, ok := d.GetName(keys[i]); e.Key != keys[i] || !ok || got != values[keys[i]] {
						t.Fatalf("entry %d is %v: %v, want %q: %d", i, e.Key, got, keys[i], values[keys[i]])
					}
				}
			},
		})
	})
}

// TestRangesActAsLists states that a range has the length, items, slices and members of the list that it stands for.
func TestRangesActAsLists(t *testing.T) {
	small := rapid.Int64Range(-12, 12)
	bound := rapid.OneOf(rapid.Just[Value](nil), rapid.Map(small, func(n int64) Value { return n }))
	rapid.Check(t, func(t *rapid.T) {
		m := meter()
		step := rapid.Int64Range(1, 4).Draw(t, "step") * rapid.SampledFrom([]int64{1, -1}).Draw(t, "sign")
		r := &Range{small.Draw(t, "start"), small.Draw(t, "stop"), step}
		var items []Value
		for n := r.Start; step > 0 && n < r.Stop || step < 0 && n > r.Stop; n += step {
			items = append(items, n)
		}
		list := &List{items}
		if r.Len() != int64(len(items)) {
			t.Fatalf("length %d, want %d", r.Len(), len(items))
		}
		n := small.Draw(t, "n")
		in, _ := Contains(m, r, n)
		if want, _ := Contains(m, list, n); in != want {
			t.Fatalf("contains %d: %v", n, in)
		}
		a, ok, _ := Item(m, r, n)
		if b, want, _ := Item(m, list, n); ok != want || a != b {
			t.Fatalf("item %d: %v %v, want %v %v", n, a, ok, b, want)
		}
		from, to, by := bound.Draw(t, "from"), bound.Draw(t, "to"), bound.Draw(t, "by")
		sliced, err := Slice(m, r, from, to, by)
		want, wantErr := Slice(m, list, from, to, by)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("slice: %v, want %v", err, wantErr)
		}
		if err != nil {
			return
		}
		got, _ := Collect(m, sliced)
		if d := cmp.Diff(want.(*List).Items, got, cmp.Transformer("nil", func(s []Value) []Value { return append([]Value{}, s...) })); d != "" {
			t.Fatalf("slice (-list +range):\n%s", d)
		}
	})
}

func TestReprOfFloats(t *testing.T) {
	cases := map[float64]string{
		0: "0.0", math.Copysign(0, -1): "-0.0", 1: "1.0", 0.1: "0.1", 1e15: "1000000000000000.0", 1e16: "1e+16", 123456789012345680: "1.2345678901234568e+17",
		0.0001: "0.0001", 0.00001: "1e-05", 5e-324: "5e-324", math.MaxFloat64: "1.7976931348623157e+308", math.Inf(1): "inf", math.Inf(-1): "-inf", 2.5: "2.5",
	}
	for f, want := range cases {
		if got := repr(t, f); got != want {
			t.Errorf("repr of %g = %q, want %q", f, got, want)
		}
	}
}

func TestConvertSettlesOrder(t *testing.T) {
	v, err := Convert(meter(), map[string]any{"b": 1.0, "a": OrderedObject{{"z", Number("1.0")}, {"y", Number("12345678901234567890")}, {"z", nil}}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := repr(t, v), "{'a': {'z': None, 'y': 12345678901234567890}, 'b': 1}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDecodeRefusesWhatIsNotJSON(t *testing.T) {
	for _, raw := range []string{"", " ", "{", "[1,]", `{"a" 1}`, "nul", "01", `"\x"`} {
		if v, err := DecodeJSON([]byte(raw)); err == nil {
			t.Errorf("%q: got %v", raw, v)
		}
	}
}

// FuzzDecodeJSON states that any JSON decodes and converts, unless it is nested too deeply or has a huge number.
func FuzzDecodeJSON(f *testing.F) {
	for _, s := range []string{"null", `{"a":[1,2.5,"\u00e9\ud800",{}],"b":{"a":null}}`, " [ true , false ] ", `"\"\\"`, "-0.0e+1", "\"\xff\""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := DecodeJSON(raw)
		if err != nil {
			return
		}
		m := meter()
		val, err := Convert(m, v)
		if err != nil {
			if _, ok := errors.AsType[*Error](err); !ok {
				t.Fatalf("error is a %T", err)
			}
			return
		}
		if _, err := Repr(m, val); err != nil {
			if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Limit {
				t.Fatal(err)
			}
		}
	})
}

// TestMeterEnds states that each of the three limits ends an evaluation for good.
func TestMeterEnds(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	cases := map[string]struct {
		m      *Meter
		charge func(*Meter) error
		want   string
	}{
		"steps":  {NewMeter(t.Context(), 10, 10), func(m *Meter) error { return m.Work(11 * bytesPerStep) }, "the template takes too many steps"},
		"memory": {NewMeter(t.Context(), 10, 10), func(m *Meter) error { return m.Grow(11) }, "the template needs too much memory"},
		"time":   {NewMeter(cancelled, 100_000, 10), func(m *Meter) error { return m.Work((checkEvery + 1) * bytesPerStep) }, "the template takes too long"},
	}
	for name, c := range cases {
		for range 2 {
			if err := c.charge(c.m); err == nil || err.Error() != c.want && name != "time" {
				t.Errorf("%s: got %v, want %q", name, err, c.want)
			}
		}
	}
}
