package judgment_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment"
)

// judge is an Evaluator with its judgments of two Runs.
type judge struct {
	path    string
	content *file.Evaluator
	base    []judgment.Mark
	run     []judgment.Mark
}

// reported is a Run that was compared with another.
func reported(r judgment.Run, base *judgment.Run, judges ...judge) judgment.Reported {
	out := judgment.Reported{RunStats: judgment.RunStats{Run: r}, Base: base}
	var subjects []judgment.Subject
	var all []judgment.Judge
	for _, j := range judges {
		tallies := make([]judgment.Tally, len(j.run))
		for i := range j.run {
			tallies[i] = tally(1, j.run[i].Judgment)
		}
		out.Evaluators = append(out.Evaluators, judgment.Summarize(j.path, j.path, j.content, tallies))
		subjects = append(subjects, judgment.Subject{VersionID: j.path, Path: j.path, Content: j.content, Base: j.base, Run: j.run})
		all = append(all, judgment.Judge{VersionID: j.path, Path: j.path, Content: j.content, Marks: j.run})
	}
	if base != nil {
		out.Comparison = judgment.Compare(subjects)
	}
	out.Agreements = judgment.Agreements(all)
	return out
}

func TestReport(t *testing.T) {
	added := time.Date(2026, 3, 4, 5, 6, 7, 8, time.FixedZone("east", 3600))
	llm, people := *boolean, *boolean
	llm.Type, people.Type = file.LLMEvaluator, file.HumanEvaluator
	ms := make([]string, 20)
	slow := make([]string, 20)
	for i := range ms {
		ms[i], slow[i] = "1."+string(rune('0'+i%10)), "1."+string(rune('0'+i%10))+"2"
	}
	control := judgment.Run{ID: "rn_1", VersionID: "prv_1", AddedAt: added, Control: true, Logs: 20}
	newer := judgment.Run{ID: "rn_2", VersionID: "prv_2", AddedAt: added.Add(time.Hour), Logs: 20, Missing: 1}
	first := reported(newer, &control,
		judge{"checks/exact", boolean, marks(0, concat(times(5, "true"), times(15, "false"))...), marks(50, concat(times(17, "true"), times(2, "false"), times(1, "!"))...)},
		judge{"tone", &llm, marks(0, times(20, "true")...), marks(50, concat(times(18, "true"), times(2, "null"))...)},
		judge{"Latency", negative, marks(0, ms...), marks(50, slow...)},
		judge{"Size", neutral, marks(0, ms...), marks(50, slow...)},
		judge{"Tone", &people, marks(0, "true"), marks(50, "true", "false", "true", "true")},
		judge{"rating", options, nil, marks(50, `"good"`, `"bad"`, `"good"`)},
		judge{"note", text, nil, marks(50, `"a"`, "null")},
	)
	first.Failures = map[string]int{"rate_limited": 2, "timeout": 1}
	second := reported(control, nil, judge{"checks/exact", boolean, nil, marks(0, concat(times(5, "true"), times(15, "false"))...)})
	by := judgment.Run{ID: "rn_0", AddedAt: added, Closed: judgment.Cancelled, Logs: 1}
	const want = `Evaluation nightly of support/reply

prv_2 added 2026-03-04T05:06:07Z · Run rn_2 running · 20 Logs, 1 missing (3 failed: rate_limited 2, timeout 1) · compared with rn_1, the control
  checks/exact   0.89   ± 0.14   (n 19, 1 failed)     +0.63: better (p < 0.001; 12 better, 0 worse)
  tone (judge)   1.000  ± 0.088  (n 18, 2 abstained)  0.000: no clear difference (would show from ±0.33 on)
  Latency        1.47   ± 0.14   (n 20)               +0.0200: worse (p < 0.001; 0 better, 20 worse)
  Size           1.47   ± 0.14   (n 20)               +0.0200 (p < 0.001)
  Tone (people)  0.75   ± 0.33   (n 4, 16 to do)      agrees with checks/exact in 3 of 4 (kappa 0.00) · agrees with tone in 3 of 4 (kappa 0.00)
  rating         0.67   ± 0.37   (n 3, 17 to do)      bad 1, fine 0, good 2, odd 0
  note                           (n 1, 1 abstained, 18 to do)

prv_1 added 2026-03-04T04:06:07Z · Run rn_1 completed · 20 Logs · control
  checks/exact  0.25  ± 0.18  (n 20)

Logs added by hand, added 2026-03-04T04:06:07Z · Run rn_0 cancelled · 1 Log
`
	runs := []judgment.Reported{first, second, reported(by, nil)}
	if diff := cmp.Diff(want, judgment.Report("nightly", "support/reply", runs)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("Evaluation without a name\n\nThere are no Runs yet.\n", judgment.Report("", "", nil)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReportShowsTwentyRuns(t *testing.T) {
	got := judgment.Report("", "", make([]judgment.Reported, 23))
	if n := strings.Count(got, "Run "); n != 20 || !strings.HasSuffix(got, "\nOlder: 3 Runs.\n") {
		t.Errorf("%d Runs: %s", n, got)
	}
}

func TestReportNamesCostAndUnits(t *testing.T) {
	added := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	run := judgment.Run{ID: "rn_1", VersionID: "prv_1", AddedAt: added, Logs: 3, Cost: 840_000_000, Control: true}
	cheap := judgment.Run{ID: "rn_0", VersionID: "prv_0", AddedAt: added, Logs: 1, Cost: 1_234_567}
	runs := []judgment.Reported{
		reported(run, nil,
			judge{"Latency", file.PresetEvaluator("Latency"), nil, marks(0, "1", "1.5", "2")},
			judge{"Cost", file.PresetEvaluator("Cost"), nil, marks(0, "0.01", "0.02", "0.03")}),
		reported(cheap, nil, judge{"Tokens", file.PresetEvaluator("Tokens"), nil, marks(0, "12")}),
	}
	const want = `Evaluation nightly

prv_1 added 2026-03-04T05:06:07Z · Run rn_1 completed · 3 Logs · $0.84 · control
  Latency  1.5 s      ± 1.2    (n 3)
  Cost     0.020 USD  ± 0.025  (n 3)

prv_0 added 2026-03-04T05:06:07Z · Run rn_0 completed · 1 Log · $0.0012
  Tokens  12 tokens    (n 1)
`
	if diff := cmp.Diff(want, judgment.Report("nightly", "", runs)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
