package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNewRowTakesTheRatioRoundByRound(t *testing.T) {
	// The machine was half as fast in the second round; the ratio is the same.
	rounds := map[string][]float64{Proxy: {100, 50, 110}, Openloop: {80, 40, 99}}
	got := NewRow(Metric{Name: "calls", Compare: true, Aim: Aim{Ratio: true, AtLeast: 0.83}}, rounds)
	want := Row{
		Metric:  got.Metric,
		Median:  map[string]float64{Proxy: 100, Openloop: 80},
		Rounds:  rounds,
		Ratio:   new(0.8),
		Verdict: &Verdict{Aim: "at least 0.83 of proxy", Met: false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestVerdict(t *testing.T) {
	rounds := map[string][]float64{Proxy: {10}, Openloop: {14}}
	tests := []struct {
		name   string
		rounds map[string][]float64
		aim    Aim
		want   *Verdict
	}{
		{"no aim", rounds, Aim{}, nil},
		{"figure at the bound", rounds, Aim{AtMost: 14}, &Verdict{"at most 14", true}},
		{"figure above the bound", rounds, Aim{AtMost: 13.5}, &Verdict{"at most 13.5", false}},
		{"figure below the floor", rounds, Aim{AtLeast: 15}, &Verdict{"at least 15", false}},
		{"ratio within", rounds, Aim{Ratio: true, AtMost: 1.4}, &Verdict{"at most 1.4 of proxy", true}},
		{"ratio without a proxy", map[string][]float64{Openloop: {14}}, Aim{Ratio: true, AtMost: 1.4}, nil},
		{"no figure", map[string][]float64{Proxy: {10}}, Aim{AtMost: 14}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := NewRow(Metric{Compare: true, Aim: tt.aim}, tt.rounds).Verdict
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTable(t *testing.T) {
	met := NewRow(
		Metric{Name: "throughput", Unit: "calls/s", Compare: true, Aim: Aim{Ratio: true, AtLeast: 0.83}},
		map[string][]float64{Direct: {20000}, Proxy: {10000}, Openloop: {9000}},
	)
	missed := NewRow(
		Metric{Name: "added p50", Unit: "ms", Digits: 2, Aim: Aim{AtMost: 1}},
		map[string][]float64{Proxy: {0.25}, Openloop: {1.5}},
	)
	r := Report{
		Machine:  Machine{System: "linux/amd64", Processor: "Some CPU", Cores: 2, Go: "go1.26"},
		Settings: Settings{Rounds: 3, Seconds: 2.5, Targets: []string{Direct, Proxy, Openloop}, Database: "sqlite"},
		Cases: []Case{
			{Name: "a", Title: "first", Rows: []Row{met, missed}},
			{Name: "b", Title: "second", Failure: "it broke"},
		},
	}
	var b strings.Builder
	if err := PrintHead(&b, r); err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Cases {
		if err := PrintCase(&b, c, r.Settings.Targets); err != nil {
			t.Fatal(err)
		}
	}
	if err := PrintSummary(&b, r); err != nil {
		t.Fatal(err)
	}
	want := `linux/amd64, 2 cores, go1.26, Some CPU
3 rounds of 2.5s for each of direct, proxy, openloop; medians; openloop on sqlite

a: first
                                   direct      proxy   openloop   of proxy  aim
  throughput, calls/s               20000      10000       9000       0.90  ok (at least 0.83 of proxy)
  added p50, ms                         -       0.25       1.50             MISS (at most 1)

b: second
  FAILED: it broke

aims met: 1 of 2
missed: a added p50
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}
