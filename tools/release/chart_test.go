package main

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"go.yaml.in/yaml/v3"
)

// The chart's goldens are what Helm renders, which tools/chart tests; to compile Helm takes minutes. What is here renders the same with the libraries
// that Helm stands on, so that each change of the chart is seen at once.
const (
	chart   = "../../deploy/chart"
	goldens = "../chart/testdata"
)

// chartTemplates are the templates of the chart, with the functions that Helm adds to those of sprig.
func chartTemplates(t *testing.T) *template.Template {
	t.Helper()
	all := template.New("").Option("missingkey=zero")
	functions := sprig.TxtFuncMap()
	maps.Copy(functions, template.FuncMap{
		"include": func(name string, data any) (string, error) {
			var out strings.Builder
			err := all.ExecuteTemplate(&out, name, data)
			return out.String(), err
		},
		"required": func(message string, value any) (any, error) {
			if value == nil || value == "" {
				return nil, errors.New(message)
			}
			return value, nil
		},
		"toYaml": func(value any) (string, error) {
			var out bytes.Buffer
			encoder := yaml.NewEncoder(&out)
			encoder.SetIndent(2)
			encoder.CompactSeqIndent()
			err := encoder.Encode(value)
			return strings.TrimSuffix(out.String(), "\n"), err
		},
	})
	if _, err := all.Funcs(functions).ParseGlob(filepath.Join(chart, "templates", "*")); err != nil {
		t.Fatal(err)
	}
	return all
}

// readYAML reads a file of the chart, and lays more over it.
func readYAML(t *testing.T, name, more string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(chart, name))
	if err != nil {
		t.Fatal(err)
	}
	var out, over map[string]any
	if err := errors.Join(yaml.Unmarshal(text, &out), yaml.Unmarshal([]byte(more), &over)); err != nil {
		t.Fatal(err)
	}
	return merged(out, over)
}

// merged is base with what is in over, table by table.
func merged(base, over map[string]any) map[string]any {
	out := maps.Clone(base)
	if out == nil {
		out = map[string]any{}
	}
	for name, value := range over {
		if table, ok := value.(map[string]any); ok {
			under, _ := out[name].(map[string]any)
			value = merged(under, table)
		}
		out[name] = value
	}
	return out
}

// renderChart is the text of all templates for the chart's own values with those over them.
func renderChart(t *testing.T, over map[string]any) (string, error) {
	t.Helper()
	about := map[string]any{}
	for name, value := range readYAML(t, "Chart.yaml", "") {
		about[strings.ToUpper(name[:1])+name[1:]] = value
	}
	data := map[string]any{
		"Values": merged(readYAML(t, "values.yaml", ""), over), "Chart": about,
		"Release": map[string]any{"Name": "openloop", "Namespace": "default", "Service": "Helm", "Revision": 1, "IsInstall": true},
	}
	all := chartTemplates(t)
	var out strings.Builder
	for _, path := range slices.Sorted(slices.Values(must(filepath.Glob(filepath.Join(chart, "templates", "*.yaml"))))) {
		var text strings.Builder
		if err := all.ExecuteTemplate(&text, filepath.Base(path), data); err != nil {
			return "", err
		}
		if trimmed := strings.TrimSpace(text.String()); trimmed != "" {
			out.WriteString("---\n# " + filepath.Base(path) + "\n" + trimmed + "\n")
		}
	}
	return out.String(), nil
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func TestTheChartRendersWhatHelmRenders(t *testing.T) {
	everything := string(must(os.ReadFile(filepath.Join(goldens, "everything.yaml"))))
	for name, values := range map[string]map[string]any{
		"sqlite": nil, "postgres": readYAML(t, "values-postgres.yaml", ""), "ha": readYAML(t, "values-ha.yaml", ""),
		"ha-everything": readYAML(t, "values-ha.yaml", everything),
	} {
		got, err := renderChart(t, values)
		if err != nil {
			t.Fatal(name, err)
		}
		if want := string(must(os.ReadFile(filepath.Join(goldens, name+".yaml")))); got != want {
			t.Errorf("%s: rendered\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestTheChartRefusesValuesThatCannotWork(t *testing.T) {
	for more, want := range map[string]string{
		"mode: ha":                 "mode ha needs PostgreSQL",
		"mode: other":              "mode must be sqlite, postgres or ha",
		"replicas: 2":              "mode sqlite has one replica",
		"databaseURL: {secret: s}": "mode sqlite takes no databaseURL",
	} {
		if _, err := renderChart(t, readYAML(t, "values.yaml", more)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", more, err, want)
		}
	}
}
