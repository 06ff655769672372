// Package chart tests the chart in deploy/chart by the packages of Helm that render it.
package chart

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "write the golden files")

const folder = "../../deploy/chart"

// render is what Helm makes of the chart with the values, as one text in the order of the templates.
func render(values map[string]any) (string, error) {
	chart, err := loader.Load(folder)
	if err != nil {
		return "", err
	}
	all, err := chartutil.ToRenderValues(chart, values, chartutil.ReleaseOptions{Name: "openloop", Namespace: "default", Revision: 1, IsInstall: true}, chartutil.DefaultCapabilities)
	if err != nil {
		return "", err
	}
	files, err := engine.Render(chart, all)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if text := strings.TrimSpace(files[name]); text != "" && filepath.Ext(name) == ".yaml" {
			out.WriteString("---\n# " + strings.TrimPrefix(name, "openloop/templates/") + "\n" + text + "\n")
		}
	}
	return out.String(), nil
}

// values reads a file of values, with more in it.
func values(t *testing.T, name, more string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	var out, added map[string]any
	if err := yaml.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict([]byte(more), &added); err != nil {
		t.Fatal(err)
	}
	return chartutil.CoalesceTables(added, out)
}

// TestRenders compares what is rendered with testdata; go test -update writes it.
func TestRenders(t *testing.T) {
	everything, err := os.ReadFile(filepath.Join("testdata", "everything.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]map[string]any{
		"sqlite": values(t, "values.yaml", ""), "postgres": values(t, "values-postgres.yaml", ""), "ha": values(t, "values-ha.yaml", ""),
		"ha-everything": values(t, "values-ha.yaml", string(everything)),
	} {
		got, err := render(v)
		if err != nil {
			t.Fatal(name, err)
		}
		golden := filepath.Join("testdata", name+".yaml")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		for i, document := range strings.Split(got, "---\n")[1:] {
			var object struct {
				APIVersion, Kind string
				Metadata         struct{ Name string }
			}
			if err := yaml.Unmarshal([]byte(document), &object); err != nil || object.Kind == "" || object.Metadata.Name == "" {
				t.Errorf("%s: document %d is no object: %v", name, i, err)
			}
		}
	}
}

// TestRefusals has values that cannot work, and what Helm says before it installs anything.
func TestRefusals(t *testing.T) {
	for more, want := range map[string]string{
		"mode: ha":                           "mode ha needs PostgreSQL",
		"mode: postgres":                     "mode postgres needs PostgreSQL",
		"mode: other":                        "mode must be sqlite, postgres or ha",
		"replicas: 2":                        "mode sqlite has one replica",
		"databaseURL: {secret: s}":           "mode sqlite takes no databaseURL",
		"mode: ha\ndatabaseURL: {secret: s}": "mode ha needs one encryption key for all servers",
		"ingress: {enabled: true}":           "ingress.host is the name that clients use",
	} {
		if _, err := render(values(t, "values.yaml", more)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", more, err, want)
		}
	}
}
