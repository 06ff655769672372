package judgment

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Report returns a text about Runs for a terminal: for each Run its version, when it was added and its status, and a line for every
// Evaluator.
func Report(name string, runs []RunStats) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Evaluation %s\n", cmp.Or(name, "without a name"))
	if len(runs) == 0 {
		b.WriteString("\nThere are no Runs yet.\n")
	}
	for i := range runs {
		reportRun(&b, &runs[i])
	}
	return b.String()
}

func reportRun(b *strings.Builder, r *RunStats) {
	version := cmp.Or(r.VersionID, "Logs added by hand")
	fmt.Fprintf(b, "\n%s, added %s\nRun %s is %s: %s", version, r.AddedAt.UTC().Format(time.RFC3339), r.ID, r.Status(), counted(r.Logs, "Log"))
	if r.Missing > 0 {
		fmt.Fprintf(b, ", %d missing", r.Missing)
	}
	b.WriteString("\n")
	for i := range r.Evaluators {
		fmt.Fprintf(b, "  %s: %s\n", r.Evaluators[i].Path, r.Evaluators[i].line())
	}
}

// line summarises the judgments of many Logs in a few words.
func (s *Stats) line() string {
	var parts []string
	switch score, ok := s.Score(); {
	case ok:
		parts = append(parts, "mean "+strconv.FormatFloat(score, 'g', 4, 64)+" of "+counted(s.Judgments, "judgment"))
	case len(s.PerOption) > 0:
		parts = append(parts, s.options())
	default:
		parts = append(parts, counted(s.Judgments, "judgment"))
	}
	if s.Nulls > 0 {
		parts = append(parts, counted(s.Nulls, "abstention"))
	}
	if s.Errors > 0 {
		parts = append(parts, counted(s.Errors, "error"))
	}
	return strings.Join(parts, ", ")
}

func (s *Stats) options() string {
	parts := make([]string, 0, len(s.PerOption))
	for _, name := range slices.Sorted(maps.Keys(s.PerOption)) {
		parts = append(parts, fmt.Sprintf("%s %d", name, s.PerOption[name]))
	}
	return strings.Join(parts, ", ")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
