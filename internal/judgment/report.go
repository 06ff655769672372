package judgment

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// Reported is a Run as a report shows it.
type Reported struct {
	RunStats
	Failures   map[string]int // Logs with an error, by its reason; "" for those without one
	Base       *Run           // that it was compared with; nil for none
	Comparison *Comparison    // nil without a base
	Agreements []Agreement
}

// MaxReported is how many Runs a report shows.
const MaxReported = 20

// Report returns a text about Runs for a terminal: for each Run, newest first, its version and progress, and a line for every Evaluator.
// path is that of the evaluated File, or "".
func Report(name, path string, runs []Reported) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Evaluation %s", cmp.Or(name, "without a name"))
	if path != "" {
		fmt.Fprintf(&b, " of %s", path)
	}
	b.WriteString("\n")
	if len(runs) == 0 {
		b.WriteString("\nThere are no Runs yet.\n")
	}
	for i := range runs[:min(len(runs), MaxReported)] {
		b.WriteString("\n")
		runs[i].write(&b)
	}
	if older := len(runs) - MaxReported; older > 0 {
		fmt.Fprintf(&b, "\nOlder: %s.\n", counted(older, "Run"))
	}
	return b.String()
}

// String returns the lines of the Run.
func (r *Reported) String() string {
	var b strings.Builder
	r.write(&b)
	return b.String()
}

func (r *Reported) write(b *strings.Builder) {
	b.WriteString(r.heading() + "\n")
	table := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for i := range r.Evaluators {
		cells := r.line(&r.Evaluators[i])
		_, _ = fmt.Fprintln(table, "  "+strings.Join(trimmed(cells), "\t"))
	}
	_ = table.Flush() // a Builder does not fail
}

// trimmed leaves out the empty cells at the end, which would become spaces.
func trimmed(cells []string) []string {
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}

func (r *Reported) heading() string {
	parts := []string{
		fmt.Sprintf("%s added %s", cmp.Or(r.VersionID, "Logs added by hand,"), r.AddedAt.UTC().Format(time.RFC3339)),
		fmt.Sprintf("Run %s %s", r.ID, r.Status()), r.logs(),
	}
	if r.Cost > 0 {
		parts = append(parts, r.cost())
	}
	if r.Control {
		parts = append(parts, "control")
	}
	if r.Base != nil {
		as := ""
		if r.Base.Control {
			as = ", the control"
		}
		parts = append(parts, "compared with "+r.Base.ID+as)
	}
	return strings.Join(parts, " · ")
}

// logs tells how many Logs there are, are missing and failed.
func (r *Reported) logs() string {
	text, failed := counted(r.Logs, "Log"), 0
	if r.Missing > 0 {
		text += fmt.Sprintf(", %d missing", r.Missing)
	}
	reasons := slices.SortedFunc(maps.Keys(r.Failures), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.Failures[b], r.Failures[a]), cmp.Compare(a, b))
	})
	parts := make([]string, len(reasons))
	for i, reason := range reasons {
		failed += r.Failures[reason]
		parts[i] = fmt.Sprintf("%s %d", cmp.Or(reason, "other"), r.Failures[reason])
	}
	switch {
	case failed == 0:
		return text
	case len(parts) == 1 && reasons[0] == "":
		return fmt.Sprintf("%s (%d failed)", text, failed)
	default:
		return fmt.Sprintf("%s (%d failed: %s)", text, failed, strings.Join(parts, ", "))
	}
}

// cost tells what the server spent on the Run, in cents, or with two digits of what is less than one.
func (r *Reported) cost() string {
	dollars := float64(r.Cost) / 1e9
	if dollars < 0.01 {
		return "$" + fixed(dollars, decimals(dollars, 0))
	}
	return "$" + fixed(dollars, 2)
}

// line is the cells of an Evaluator's line: name, score, half of its interval, counts, and what else is known.
func (r *Reported) line(s *Stats) []string {
	score, half := s.scoreAndHalf()
	notes := []string{s.options()}
	if r.Comparison != nil {
		for i := range r.Comparison.Differences {
			if d := &r.Comparison.Differences[i]; d.VersionID == s.VersionID {
				notes = append(notes, d.String())
			}
		}
	}
	for i := range r.Agreements {
		if a := &r.Agreements[i]; a.People == s.VersionID {
			notes = append(notes, a.String())
		}
	}
	notes = slices.DeleteFunc(notes, func(note string) bool { return note == "" })
	return []string{s.Path + s.by(), score, half, s.counts(r.Logs), strings.Join(notes, " · ")}
}

func (s *Stats) by() string {
	switch s.Type {
	case "llm":
		return " (judge)"
	case "human":
		return " (people)"
	default:
		return ""
	}
}

// scoreAndHalf are the score, with its unit, and half the width of its interval, with as many digits as the interval is worth.
func (s *Stats) scoreAndHalf() (score, half string) {
	unit := ""
	if s.Unit != "" {
		unit = " " + s.Unit
	}
	switch e := s.Estimate; {
	case e == nil:
		return "", ""
	case e.Interval == nil:
		return strconv.FormatFloat(e.Mean, 'g', 4, 64) + unit, ""
	default:
		width := (e.Interval.High - e.Interval.Low) / 2
		digits := decimals(width, e.Mean)
		return fixed(e.Mean, digits) + unit, "± " + fixed(width, digits)
	}
}

// counts tells how many judgments the score is made of, and what became of the other Logs.
func (s *Stats) counts(logs int) string {
	parts := []string{fmt.Sprintf("n %d", s.Judgments)}
	if s.Estimate != nil && s.Estimate.N != s.Judgments {
		parts[0] = fmt.Sprintf("n %d of %s", s.Estimate.N, counted(s.Judgments, "judgment"))
	}
	for _, c := range []struct {
		n    int
		what string
	}{{s.Nulls, "abstained"}, {s.Errors, "failed"}, {logs - s.Total(), "to do"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

func (s *Stats) options() string {
	parts := make([]string, 0, len(s.PerOption))
	for _, name := range slices.Sorted(maps.Keys(s.PerOption)) {
		parts = append(parts, fmt.Sprintf("%s %d", name, s.PerOption[name]))
	}
	return strings.Join(parts, ", ")
}

// String says what the comparison came to.
func (d *Difference) String() string {
	if d.Paired == nil {
		return ""
	}
	width := (d.Paired.Interval.High - d.Paired.Interval.Low) / 2
	change := signed(d.Paired.Difference, decimals(max(width, math.Abs(d.Paired.Difference)/10), 0))
	counts := fmt.Sprintf("%d better, %d worse", d.Improved, d.Regressed)
	switch d.Verdict {
	case Better, Worse:
		return fmt.Sprintf("%s: %s (%s; %s)", change, d.Verdict, chance(*d.Adjusted), counts)
	case NoClearDifference:
		if d.Detectable == nil {
			return change + ": no clear difference"
		}
		return fmt.Sprintf("%s: no clear difference (would show from ±%s on)", change, fixed(*d.Detectable, decimals(*d.Detectable, *d.Detectable)))
	case NoVerdict:
	}
	if d.Valence != Neutral {
		return fmt.Sprintf("%s: no verdict from %s", change, counted(d.N, "datapoint"))
	}
	return fmt.Sprintf("%s (%s)", change, chance(d.Paired.P))
}

// String says how far both agree.
func (a *Agreement) String() string {
	text := fmt.Sprintf("agrees with %s in %d of %d", a.JudgePath, a.Agreed, a.N)
	switch {
	case a.Kappa != nil:
		return text + fmt.Sprintf(" (kappa %s)", fixed(*a.Kappa, 2))
	case a.Correlation != nil:
		return text + fmt.Sprintf(" (r %s)", fixed(*a.Correlation, 2))
	default:
		return text
	}
}

func chance(p float64) string {
	if p < 0.001 {
		return "p < 0.001"
	}
	return "p " + strconv.FormatFloat(p, 'g', 2, 64)
}

// decimals is how many show two digits of an uncertainty, or, without one, four of the value.
func decimals(uncertainty, value float64) int {
	wanted := 1.0
	if uncertainty <= 0 {
		uncertainty, wanted = math.Abs(value), 3
	}
	if uncertainty == 0 {
		return 3
	}
	return int(max(0, min(9, wanted-math.Floor(math.Log10(uncertainty)))))
}

func fixed(v float64, digits int) string {
	text := strconv.FormatFloat(v, 'f', digits, 64)
	if strings.Trim(text, "-0.") == "" { // no negative zero
		return strings.TrimPrefix(text, "-")
	}
	return text
}

// signed is v with its sign.
func signed(v float64, digits int) string {
	text := fixed(v, digits)
	if after, negative := strings.CutPrefix(text, "-"); negative {
		return "−" + after
	}
	if strings.Trim(text, "0.") == "" {
		return text
	}
	return "+" + text
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
