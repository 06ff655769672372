package app

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/config"
)

// TestDeclarationsAreOfTheProvidersThatExist names what is declared and does not exist, or exists and is not declared.
func TestDeclarationsAreOfTheProvidersThatExist(t *testing.T) {
	exist, err := providers(t.Context(), &config.Config{}, eventCounts{})
	if err != nil {
		t.Fatal(err)
	}
	var declared []string
	for _, d := range Declarations() {
		declared = append(declared, d.Slug)
		p := exist[d.Slug]
		if p.Display != d.Display {
			t.Errorf("%s is shown as %q, its failures as %q", d.Slug, p.Display, d.Display)
		}
		if p.NeedsKey && d.NoKey {
			t.Errorf("%s needs a key, and declares that it does not", d.Slug)
		}
	}
	slices.Sort(declared)
	if d := cmp.Diff(slices.Sorted(maps.Keys(exist)), declared); d != "" {
		t.Errorf("(-exists +declared):\n%s", d)
	}
}
