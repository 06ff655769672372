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
)

// TestUsagesShowTheFlagsOfTheTable compares the flags that the usage of a command lists with those of its forms.
func TestUsagesShowTheFlagsOfTheTable(t *testing.T) {
	listed := regexp.MustCompile(`(?m)^  -(\S+)`)
	for _, c := range commands() {
		for _, f := range c.forms {
			var out bytes.Buffer
			args := append(strings.Fields(c.name+" "+f.word), "-h")
			if code := Run(context.Background(), &Env{Args: args, Stdout: &out, Stderr: io.Discard}); code != 0 {
				t.Errorf("%q ends with %d", args, code)
			}
			var shown, known []string
			for _, match := range listed.FindAllStringSubmatch(out.String(), -1) {
				shown = append(shown, match[1])
			}
			for _, one := range f.all(&Env{Stderr: io.Discard}) {
				known = append(known, one.Name)
			}
			if len(shown) == 0 || c.name == "eval" && f.word != "run" { // whose usage shows the flags of run for all
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
	for _, c := range commands() {
		for _, f := range c.forms {
			for name := range strings.FieldsSeq(f.takes) {
				if name = strings.Trim(name, "[]"); sources[name] == nil && !slices.Contains(free, name) {
					t.Errorf("openloop %s %s takes %s, which has no source", c.name, f.word, name)
				}
			}
			for _, one := range f.all(&Env{Stderr: io.Discard}) {
				if name := sourceOf[one.Name]; name != "" && sources[name] == nil {
					t.Errorf("-%s has the source %s, which there is not", one.Name, name)
				}
			}
		}
	}
}

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
	for _, c := range commands() {
		want(`.SS "openloop ` + escapeRoff(c.name) + `"`)
		for _, f := range c.forms {
			for _, one := range f.all(&Env{Stderr: io.Discard}) {
				value, _ := flag.UnquoteUsage(one)
				want(`.B "` + escapeRoff(strings.TrimSpace("-"+one.Name+" "+value)) + `"`)
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
		for _, c := range e.complete(t.Context(), words).list {
			if !strings.HasPrefix(c.word, last) {
				t.Errorf("%q is completed to %q", words, c.word)
			}
		}
	})
}
