package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/stats"
)

func TestQuantilesAreWithinFivePercent(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for name, duration := range map[string]func() float64{
		"a millisecond":           func() float64 { return 1e-3 },
		"all alike":               func() float64 { return 0.7 },
		"from a millisecond to h": func() float64 { return math.Exp(random.Float64()*15) / 1e3 },
		"a long tail":             func() float64 { return math.Exp(random.NormFloat64()) },
	} {
		f, all := stats.Figures{}, []float64(nil)
		for range 5000 {
			seconds := max(duration(), 1e-3)
			f.Time(seconds)
			all = append(all, seconds)
		}
		slices.Sort(all)
		for _, q := range []float64{0.01, 0.5, 0.95, 0.99, 1} {
			got, want := f.Latencies.Quantile(q), all[int(math.Ceil(q*float64(len(all))))-1]
			if math.Abs(got-want) > 0.05*want {
				t.Errorf("%s: %g at %g, want %g", name, got, q, want)
			}
		}
	}
}

func TestQuantilesOfNothingAndOfTheExtremes(t *testing.T) {
	var none, short, long stats.Figures
	for _, seconds := range []float64{0, -1, 1e-9, math.NaN()} {
		short.Time(seconds)
	}
	long.Time(1e12)
	if got := none.Latencies.Quantile(0.5); got != 0 {
		t.Errorf("%g of nothing", got)
	}
	if got := short.Latencies.Quantile(1); got >= 1e-3 {
		t.Errorf("%g of what is shorter than a millisecond", got)
	}
	if got := long.Latencies.Quantile(0.5); got < 3600*24*30 {
		t.Errorf("%g of what takes for ever", got)
	}
}

func TestCostsAddUpExactly(t *testing.T) {
	var sum stats.Cost
	for range 1_000_000 {
		sum = sum.Plus(stats.Dollars(0.1e-6))
	}
	if want := stats.Dollars(0.1); sum != want {
		t.Errorf("a million times a tenth of a millionth is %v, want %v", sum, want)
	}
	for range 1_000_000 {
		sum = sum.Minus(stats.Dollars(0.1e-6))
	}
	if sum != (stats.Cost{}) {
		t.Errorf("%v is left", sum)
	}
}

func TestCostsHaveOneForm(t *testing.T) {
	for _, amount := range []float64{0, 1, 0.999999999999, -0.25, -3.5, 12.000000000001} {
		for _, other := range []float64{0, 0.000000000001, 0.75, -0.75, -12} {
			a, b := stats.Dollars(amount), stats.Dollars(other)
			if got, want := a.Plus(b).Float(), amount+other; math.Abs(got-want) > 1e-12 {
				t.Errorf("%g + %g is %g", amount, other, got)
			}
			if a.Plus(b).Minus(b) != a || b.Minus(a).Plus(a) != b {
				t.Errorf("%g and %g: it does not come back", amount, other)
			}
			if got, want := a.Compare(b), compare(amount, other); got != want {
				t.Errorf("%g compared to %g is %d, want %d", amount, other, got, want)
			}
		}
	}
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func TestACostIsNoMoreThanAMillion(t *testing.T) {
	for amount, want := range map[float64]float64{math.Inf(1): 1e6, 1e300: 1e6, math.Inf(-1): -1e6, 999_999: 999_999} {
		if got := stats.Dollars(amount).Float(); got != want {
			t.Errorf("%g is %g, want %g", amount, got, want)
		}
	}
}

func TestFiguresAreReadAsTheyWereWritten(t *testing.T) {
	f := stats.Figures{
		Calls: 5, Failures: 2, Cost: stats.Dollars(-1.25), CostUnknown: 1, Tokens: stats.Tokens{Input: 1, CachedInput: 2, CacheWrite: 3, Output: 4, Reasoning: 5},
		First: 6, Last: 7,
	}
	for _, seconds := range []float64{0, 0.5, 0.5, 90} {
		f.Time(seconds)
	}
	encoded := f.Append(nil)
	var got stats.Figures
	rest, err := got.AddEncoded(append(encoded, "rest"...))
	if diff := cmp.Diff(f, got, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" || err != nil || string(rest) != "rest" {
		t.Errorf("%q is left, %v (-written +read):\n%s", rest, err, diff)
	}
	for n := range encoded {
		if _, err := new(stats.Figures).AddEncoded(encoded[:n]); err == nil {
			t.Errorf("the first %d of %d bytes are read", n, len(encoded))
		}
	}
}

var at = func(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestSpread(t *testing.T) {
	now := at("2026-03-04 05:06") // a Wednesday
	for _, c := range []struct {
		last  time.Duration
		asked time.Duration
		from  string
		to    string
		want  time.Duration
	}{
		{time.Hour, 0, "2026-03-04 04:05", "2026-03-04 05:10", stats.Finest},
		{time.Hour, 30 * time.Minute, "2026-03-04 04:00", "2026-03-04 05:30", 30 * time.Minute},
		{stats.Day, 0, "2026-03-03 05:00", "2026-03-04 05:15", 15 * time.Minute},
		{stats.Day, stats.Finest, "2026-03-03 05:05", "2026-03-04 05:10", stats.Finest},
		{4 * stats.Day, stats.Finest, "2026-02-28 05:00", "2026-03-04 06:00", time.Hour}, // four days ago are kept by the hour
		{30 * stats.Day, 0, "2026-02-02 00:00", "2026-03-04 06:00", 6 * time.Hour},
		{100 * stats.Day, time.Hour, "2025-11-24 00:00", "2026-03-05 00:00", stats.Day},
		{3000 * stats.Day, 0, "2017-12-11 00:00", "2026-03-09 00:00", 7 * stats.Day}, // from a Monday to a Monday
	} {
		got := stats.Spread(now.Add(-c.last), now, now, c.asked)
		want := stats.Period{From: at(c.from), To: at(c.to), Interval: c.want}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the last %v by %v (-want +got):\n%s", c.last, c.asked, diff)
		}
	}
}

// TestSpreadNeverCutsWhatIsKeptTogether tries many ranges: no interval, nor the beginning of the Period before, may be within one that is kept.
func TestSpreadNeverCutsWhatIsKeptTogether(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	now := at("2026-03-04 05:06")
	for range 20_000 {
		to := now.Add(-time.Duration(random.Int64N(int64(200 * stats.Day))))
		from := to.Add(-time.Duration(1 + random.Int64N(int64(150*stats.Day))))
		asked := append(stats.Intervals[:], 0)[random.IntN(len(stats.Intervals)+1)]
		p := stats.Spread(from, to, now, asked)
		kept := stats.Resolution(p.Before(), now)
		switch {
		case p.From.After(from) || p.To.Before(to) || from.Sub(p.From) >= p.Interval || p.To.Sub(to) >= p.Interval:
			t.Fatalf("%v to %v by %v is %v", from, to, asked, p)
		case p.Interval < asked || p.Interval%kept != 0 || !stats.Floor(p.Before(), kept).Equal(p.Before()):
			t.Fatalf("%v to %v by %v is %v, but %v are kept together", from, to, asked, p, kept)
		}
	}
}

func TestSeriesAreReadAsTheyWereWritten(t *testing.T) {
	s := stats.Series{
		File: 1, Version: -2, Kind: file.AgentKind, Source: "api", Failed: true, Environment: "e", Provider: "p", Model: "m\x00ü", APIKey: "k", Origin: "o", Reason: "r",
	}
	encoded := s.Append(nil)
	got, err := stats.ReadSeries(encoded)
	if got != s || err != nil {
		t.Errorf("it is %+v, %v", got, err)
	}
	for n := range encoded {
		if got, err := stats.ReadSeries(encoded[:n]); err == nil {
			t.Errorf("the first %d of %d bytes are %+v", n, len(encoded), got)
		}
	}
}

func TestTextsBeyondTheLimitAreOther(t *testing.T) {
	var l stats.Limit
	model := func(i int) string { return l.Of(stats.Series{Model: fmt.Sprint("m", i), Version: int64(i)}, i).Model }
	for i := range stats.MostTexts {
		if got, want := model(i), fmt.Sprint("m", i); got != want {
			t.Fatalf("%s counts for %s", want, got)
		}
	}
	got := []string{model(stats.MostTexts), model(stats.MostTexts - 1), l.Of(stats.Series{Environment: "live"}, 0).Environment, l.Of(stats.Series{}, 0).Model}
	if diff := cmp.Diff([]string{stats.Other, fmt.Sprint("m", stats.MostTexts-1), "live", ""}, got); diff != "" {
		t.Errorf("a new model, an old one, an environment, no model (-want +got):\n%s", diff)
	}
}

func TestSeriesBeyondTheLimitTellLess(t *testing.T) {
	var l stats.Limit
	s := stats.Series{File: 1, Version: 2, Kind: file.PromptKind, Source: stats.FromMCP, Failed: true, Model: "m", APIKey: "k", Reason: "r"}
	of := func(file int64) stats.Series {
		return stats.Series{
			File: file, Kind: s.Kind, Source: s.Source, Failed: true, Environment: stats.Other, Provider: stats.Other, Model: stats.Other,
			APIKey: stats.Other, Origin: stats.Other, Reason: stats.Other,
		}
	}
	got := []stats.Series{l.Of(s, stats.MostSeries-1), l.Of(s, stats.MostSeries), l.Of(s, 2*stats.MostSeries)}
	if diff := cmp.Diff([]stats.Series{s, of(1), of(0)}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
