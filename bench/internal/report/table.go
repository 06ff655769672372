package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	nameWidth   = 28
	figureWidth = 11
)

// String says the aim in a few words, such as "at least 0.83 of proxy".
func (a Aim) String() string {
	text := "at least " + strconv.FormatFloat(a.AtLeast, 'f', -1, 64)
	if a.AtMost != 0 {
		text = "at most " + strconv.FormatFloat(a.AtMost, 'f', -1, 64)
	}
	if a.Ratio {
		text += " of proxy"
	}
	return text
}

// PrintHead writes what was run, and on what.
func PrintHead(w io.Writer, r Report) error {
	s := r.Settings
	openloop := strings.Join(append([]string{s.Database}, s.Env...), " ")
	_, err := fmt.Fprintf(w, "%s, %d cores, %s, %s\n%d rounds of %gs for each of %s; medians; openloop on %s\n",
		r.Machine.System, r.Machine.Cores, r.Machine.Go, r.Machine.Processor,
		s.Rounds, s.Seconds, strings.Join(s.Targets, ", "), openloop)
	return err
}

// PrintCase writes one case: a line for each metric, a column for each target.
func PrintCase(w io.Writer, c Case, targets []string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s: %s\n", c.Name, c.Title)
	if c.Failure != "" {
		fmt.Fprintf(&b, "  FAILED: %s\n", c.Failure)
		_, err := io.WriteString(w, b.String())
		return err
	}
	fmt.Fprintf(&b, "  %-*s", nameWidth, "")
	for _, target := range targets {
		fmt.Fprintf(&b, "%*s", figureWidth, target)
	}
	fmt.Fprintf(&b, "%*s  aim\n", figureWidth, "of proxy")
	for _, row := range c.Rows {
		row.print(&b, targets)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r Row) print(b *strings.Builder, targets []string) {
	name := r.Name
	if r.Unit != "" {
		name += ", " + r.Unit
	}
	line := fmt.Sprintf("  %-*s", nameWidth, name)
	for _, target := range targets {
		figure := "-"
		if v, ok := r.Median[target]; ok {
			figure = strconv.FormatFloat(v, 'f', r.Digits, 64)
		}
		line += fmt.Sprintf("%*s", figureWidth, figure)
	}
	ratio := ""
	if r.Ratio != nil {
		ratio = strconv.FormatFloat(*r.Ratio, 'f', 2, 64)
	}
	line += fmt.Sprintf("%*s", figureWidth, ratio)
	if r.Verdict != nil {
		line += "  " + mark(r.Verdict.Met) + " (" + r.Verdict.Aim + ")"
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
}

// PrintSummary writes how many aims were met, and names the others.
func PrintSummary(w io.Writer, r Report) error {
	met, missed := 0, []string{}
	for _, c := range r.Cases {
		for _, row := range c.Rows {
			switch {
			case row.Verdict == nil:
			case row.Verdict.Met:
				met++
			default:
				missed = append(missed, c.Name+" "+row.Name)
			}
		}
	}
	if met+len(missed) == 0 {
		return nil
	}
	text := fmt.Sprintf("\naims met: %d of %d\n", met, met+len(missed))
	if len(missed) > 0 {
		text += "missed: " + strings.Join(missed, ", ") + "\n"
	}
	_, err := io.WriteString(w, text)
	return err
}

func mark(met bool) string {
	if met {
		return "ok"
	}
	return "MISS"
}
