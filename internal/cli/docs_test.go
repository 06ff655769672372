package cli

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/cli/forms"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/doctor"
)

// operators are the pages whose names of metrics, settings, commands and checks must exist. [archtest] follows their links.
var operators = []string{"backup.md", "deploy.md", "metrics.md", "moving-in.md", "operations.md", "overload.md", "replicas.md", "security.md"}

func TestOperatorsPagesNameWhatExists(t *testing.T) {
	metrics := metricNames(t)
	for _, page := range operators {
		raw, err := os.ReadFile(filepath.Join("..", "..", "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		for _, name := range regexp.MustCompile(`\b(?:openloop|gen_ai)_[a-z_]+`).FindAllString(text, -1) {
			if !metrics[name] {
				t.Errorf("%s: there is no metric %s", page, name)
			}
		}
		for _, name := range regexp.MustCompile(`\bOPENLOOP_[A-Z_]+[A-Z]`).FindAllString(text, -1) {
			if len(config.Unknown([]string{name + "=x"})) > 0 {
				t.Errorf("%s: there is no setting %s", page, name)
			}
		}
		for _, line := range regexp.MustCompile("(?m)(?:^|`)openloop ([a-z][^`\n#|]*)").FindAllStringSubmatch(text, -1) {
			if problem := notACommand(line[1]); problem != "" {
				t.Errorf("%s: openloop %s: %s", page, line[1], problem)
			}
		}
		for _, name := range regexp.MustCompile("`((?:data|database|tls|proxy|public|server|memory|provider|encryption)-[a-z-]+)`").FindAllStringSubmatch(text, -1) {
			if !slices.ContainsFunc(doctor.Checks(), func(c doctor.Check) bool { return c.Name == name[1] }) {
				t.Errorf("%s: the doctor has no check %s", page, name[1])
			}
		}
	}
}

// notACommand says what the table of commands does not know of a line, "" if it knows all.
func notACommand(text string) (problem string) {
	words := strings.Fields(text)
	all := described(&Env{Stderr: io.Discard})
	i := slices.IndexFunc(all, func(c forms.Command) bool { return c.Name == words[0] })
	if i < 0 {
		return "there is no such command"
	}
	of, words := all[i].Forms, words[1:]
	if len(words) > 0 && slices.ContainsFunc(of, func(f forms.Form) bool { return f.Word == words[0] }) {
		of = slices.DeleteFunc(of, func(f forms.Form) bool { return f.Word != words[0] })
	}
	if len(words) > 0 && of[0].Word != "" && of[0].Word != words[0] {
		return "there is no such subcommand"
	}
	for _, word := range words {
		name, isFlag := strings.CutPrefix(word, "-")
		name = strings.TrimPrefix(name, "-")
		if isFlag && (of[0].Flags == nil || of[0].Flags.Lookup(name) == nil) {
			return "there is no flag " + word
		}
	}
	return ""
}

// metricNames are those that any package gives to a metric.
func metricNames(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	name := regexp.MustCompile(`"((?:openloop|gen_ai)_[a-z_]+)"`)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, match := range name.FindAllSubmatch(raw, -1) {
			known[string(match[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return known
}
