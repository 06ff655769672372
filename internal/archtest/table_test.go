package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestArchitectureShowsTheTable compares the table of packages in ARCHITECTURE.md with the rules, in the order of layers.
func TestArchitectureShowsTheTable(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, row := range regexp.MustCompile("(?m)^\\| (\\d+) \\| `([^`]+)` \\| .+ \\|$").FindAllStringSubmatch(string(text), -1) {
		shown = append(shown, row[1]+" "+row[2])
	}
	all := rules()
	slices.SortStableFunc(all, func(a, b rule) int { return a.layer - b.layer })
	var want []string
	for _, r := range all {
		want = append(want, strconv.Itoa(r.layer)+" "+strings.TrimPrefix(r.pkg, "internal/"))
	}
	if d := cmp.Diff(want, shown); d != "" {
		t.Errorf("(-archtest +ARCHITECTURE.md):\n%s", d)
	}
}
