package main

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/models"
)

const root = "../.."

func TestFilesAreCurrent(t *testing.T) {
	files, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if d := cmp.Diff(want, string(got)); d != "" || err != nil {
			t.Errorf("%s is not current, run `go run ./internal/docgen`: %v (-want +got):\n%s", name, err, d)
		}
	}
	pages, err := filepath.Glob(filepath.Join(root, folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range pages {
		if _, ok := files[folder+filepath.Base(path)]; !ok {
			t.Errorf("%s is of no provider", path)
		}
	}
}

// TestNotesAreKept writes into a copy in which everything but the notes is wrong.
func TestNotesAreKept(t *testing.T) {
	there := t.TempDir()
	if err := os.CopyFS(filepath.Join(there, "internal/provider"), os.DirFS(filepath.Join(root, "internal/provider"))); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		path := filepath.Join(there, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("docs/settings.md", "before\n<!-- providers -->\nstale\n<!-- /providers -->\nafter\n")
	write("docs/providers/groq.md", "stale\n<!-- notes -->\n\nkept\n\n<!-- /notes -->\nstale\n")
	for range 2 {
		if err := run(there); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(filepath.Join(there, "docs/providers/groq.md"))
	if err != nil || !strings.HasSuffix(string(page), "## Notes\n\n<!-- notes -->\n\nkept\n\n<!-- /notes -->\n") || strings.Contains(string(page), "stale") {
		t.Errorf("%v\n%s", err, page)
	}
	list, err := os.ReadFile(filepath.Join(there, "docs/settings.md"))
	want := "before\n<!-- providers -->\n\n" + settingsTable(app.Declarations()) + "\n<!-- /providers -->\nafter\n"
	if d := cmp.Diff(want, string(list)); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
}

// TestEveryAbilityIsShown sets one ability at a time, and looks for it on a page and in the table.
func TestEveryAbilityIsShown(t *testing.T) {
	shown := func(a *llm.Abilities) (rows, cells string) {
		for _, row := range abilities() {
			if row.has(a) {
				rows += row.title
			}
		}
		for _, c := range columns() {
			cells += c.cell(a) + "|"
		}
		return rows, cells
	}
	base := llm.Abilities{Tools: true}
	rows, cells := shown(&base)
	onPagesOnly := []string{"Chat", "Suffix", "User", "ToolErrors", "LogitBias", "SerialTools", "TopK", "ServiceTier", "Verbosity", "HideThinking", "Cache"}
	for f := range reflect.TypeFor[llm.Abilities]().Fields() {
		with := base
		reflect.ValueOf(&with).Elem().FieldByName(f.Name).SetBool(f.Name != "Tools")
		r, c := shown(&with)
		if r == rows || (c == cells && !slices.Contains(onPagesOnly, f.Name)) {
			t.Errorf("%s is not shown", f.Name)
		}
	}
}

// TestServerSettingsAreDocumented compares the tables of docs/settings.md with the configuration.
func TestServerSettingsAreDocumented(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(manual)))
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile("OPENLOOP_[A-Z_]+")
	documented := map[string]string{}
	for line := range strings.Lines(string(page)) {
		if cells := strings.Split(line, "|"); len(cells) == 5 {
			for _, n := range name.FindAllString(cells[1], -1) {
				documented[n] = cells[2]
			}
		}
	}
	known := defaults(reflect.TypeFor[config.Config](), "")
	for n, value := range known {
		if cell, ok := documented[n]; !ok || value != "" && !strings.Contains(cell, "`"+value+"`") {
			t.Errorf("%s does not say of %s that its default is %q", manual, n, value)
		}
	}
	for n := range documented {
		if _, ok := known[n]; !ok {
			t.Errorf("%s explains %s, which is not read", manual, n)
		}
	}
}

// defaults returns the default values of the server's own variables.
func defaults(t reflect.Type, prefix string) map[string]string {
	out := map[string]string{}
	for f := range t.Fields() {
		name := prefix + f.Tag.Get("env")
		if more, nested := f.Tag.Lookup("envPrefix"); nested {
			maps.Copy(out, defaults(f.Type, prefix+more))
		} else if strings.HasPrefix(name, "OPENLOOP_") {
			out[name] = f.Tag.Get("envDefault")
		}
	}
	return out
}

// TestReasonsExist looks up every reason that the index names.
func TestReasonsExist(t *testing.T) {
	_, rows, _ := strings.Cut(index(app.Declarations()), "| problem | reason |\n|---|---|\n")
	rows, _, _ = strings.Cut(rows, "\n\n")
	for row := range strings.SplitSeq(rows, "\n") {
		if cells := strings.Split(row, "`"); len(cells) != 3 || !errs.Reason(cells[1]).Known() {
			t.Errorf("no reason in %s", row)
		}
	}
}

// TestExamplesAreModels looks the models of the examples up, where any of the provider are known.
func TestExamplesAreModels(t *testing.T) {
	known, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range app.Declarations() {
		model := d.Example
		m, ok := known.Lookup(d.Slug, model)
		if model == "" || (slices.Contains(known.Providers(), d.Slug) && (!ok || m.Kind != models.Chat || m.Retired != "")) {
			t.Errorf("%s is no model of %s", model, d.Slug)
		}
	}
}
