package cli

import (
	"bytes"
	"context"
	"flag"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/cli/forms"
)

// TestUsagesShowTheFlagsOfTheTable compares the flags that the usage of a command lists with those of its forms.
func TestUsagesShowTheFlagsOfTheTable(t *testing.T) {
	oneUsage := map[string]string{"eval": "run", "backup": ""} // which shows the flags of this form for all
	listed := regexp.MustCompile(`(?m)^  -(\S+)`)
	for _, c := range described(&Env{Stderr: io.Discard}) {
		for _, f := range c.Forms {
			var out bytes.Buffer
			args := append(strings.Fields(c.Name+" "+f.Word), "-h")
			if code := Run(context.Background(), &Env{Args: args, Stdout: &out, Stderr: io.Discard}); code != 0 {
				t.Errorf("%q ends with %d", args, code)
			}
			var shown, known []string
			for _, match := range listed.FindAllStringSubmatch(out.String(), -1) {
				shown = append(shown, match[1])
			}
			for _, one := range flagsIn(f) {
				known = append(known, one.Name)
			}
			if word, ok := oneUsage[c.Name]; len(shown) == 0 || ok && f.Word != word {
				continue
			}
			if d := cmp.Diff(known, shown); d != "" {
				t.Errorf("%q (-table +usage):\n%s", args, d)
			}
		}
	}
}

// TestEveryArgumentHasASource finds a name of an argument that completion does not know.
func TestEveryArgumentHasASource(t *testing.T) {
	free := []string{"NAME", "RUN", "EVALUATION"} // that nothing can list
	for _, c := range described(&Env{Stderr: io.Discard}) {
		for _, f := range c.Forms {
			for name := range strings.FieldsSeq(f.Takes) {
				if name = strings.Trim(name, "[]"); !forms.Sourced(name) && !slices.Contains(free, name) {
					t.Errorf("openloop %s %s takes %s, which has no source", c.Name, f.Word, name)
				}
			}
		}
	}
}

// flagsIn are the flags of a form.
func flagsIn(f forms.Form) (list []*flag.Flag) {
	if f.Flags != nil {
		f.Flags.VisitAll(func(one *flag.Flag) { list = append(list, one) })
	}
	return list
}

// roff is a name as the manual writes it.
func roff(name string) string { return strings.ReplaceAll(name, "-", `\-`) }

// TestManualHasEveryCommandAndFlag reads the page as what it is made of: requests, and text that cannot be one.
func TestManualHasEveryCommandAndFlag(t *testing.T) {
	var out bytes.Buffer
	if code := Run(context.Background(), &Env{Args: []string{"man"}, Environ: []string{"OPENLOOP_URL=https://example.com"}, Stdout: &out, Stderr: io.Discard}); code != 0 {
		t.Fatalf("the exit code is %d", code)
	}
	page := out.String()
	want := func(line string) {
		if !strings.Contains(page, "\n"+line+"\n") {
			t.Errorf("the page has no line %q", line)
		}
	}
	for _, c := range described(&Env{Stderr: io.Discard}) {
		want(`.SS "openloop ` + roff(c.Name) + `"`)
		for _, f := range c.Forms {
			for _, one := range flagsIn(f) {
				value, _ := flag.UnquoteUsage(one)
				want(`.B "` + roff(strings.TrimSpace("-"+one.Name+" "+value)) + `"`)
			}
		}
	}
	known := regexp.MustCompile(`^(\.(TH|SH|SS|B|PP|TP)|\\&)`)
	for line := range strings.Lines(page) {
		if !known.MatchString(line) {
			t.Errorf("the line %q is neither a request nor text", line)
		}
	}
	if strings.Contains(page, "example.com") {
		t.Error("the page holds a setting of this machine")
	}
}

// FuzzComplete completes lines: whatever is there begins as the last word does, and no line ends within a choice.
func FuzzComplete(f *testing.F) {
	for _, text := range []string{"keys\ncreate\n-role\n=\nm", "eval\nrun\na\n:\n0", "pull\n-type\nprompt,", "help\n", "=", ":\n=\n:", "provider-keys\nset\n-base-url=\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		words := strings.Split(text, "\n")
		last := words[len(words)-1]
		if last == "=" {
			last = ""
		}
		e := &Env{Stderr: io.Discard}
		for _, c := range e.complete(t.Context(), words).List {
			if !strings.HasPrefix(c.Word, last) {
				t.Errorf("%q is completed to %q", words, c.Word)
			}
		}
	})
}
