package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// TestLinksResolve follows every relative link of the Markdown files, to its file and its heading, and looks for a link to every page in docs.
func TestLinksResolve(t *testing.T) {
	const root = "../.."
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	pages := markdown(t, root)
	linked := map[string]bool{filepath.Join(root, "docs", "README.md"): true}
	for path, text := range pages {
		for _, match := range link.FindAllStringSubmatch(prose(text), -1) {
			target, anchor, _ := strings.Cut(match[1], "#")
			if strings.Contains(target, ":") {
				continue // another site
			}
			to := path
			if target != "" {
				to = filepath.Join(filepath.Dir(path), filepath.FromSlash(target))
			}
			linked[to] = linked[to] || to != path
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s links to %s, which does not exist", path, match[1])
			} else if anchor != "" && !anchors(pages[to])[anchor] {
				t.Errorf("%s links to %s, which has no such heading", path, match[1])
			}
		}
	}
	for path := range pages {
		if strings.HasPrefix(path, filepath.Join(root, "docs")) && !linked[path] {
			t.Errorf("no page links to %s", path)
		}
	}
}

// notOurs are the folders that hold what is not of this repository.
var notOurs = []string{"data", "node_modules"}

// markdown returns the texts of all Markdown files below root, by path.
func markdown(t *testing.T, root string) map[string]string {
	t.Helper()
	pages := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || slices.Contains(notOurs, d.Name())) {
			return filepath.SkipDir
		}
		if err != nil || filepath.Ext(path) != ".md" {
			return err
		}
		text, err := os.ReadFile(path)
		pages[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

var fence = regexp.MustCompile("(?s)\n```.*?\n```")

// prose is a page without its blocks of code.
func prose(text string) string { return fence.ReplaceAllString(text, "") }

// anchors are the headings of a page as GitHub makes links of them.
func anchors(text string) map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(prose(text)) {
		if title := strings.TrimLeft(line, "#"); title != line {
			out[anchor(title)] = true
		}
	}
	return out
}

func anchor(title string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(title))
}
