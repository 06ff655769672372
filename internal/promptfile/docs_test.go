package promptfile_test

import (
	"os"
	"strings"
	"testing"

	"openloop/internal/promptfile"
)

// Every example of the documentation can be read.
func TestDocumentedFiles(t *testing.T) {
	page, err := os.ReadFile("../../docs/prompt-files.md")
	if err != nil {
		t.Fatal(err)
	}
	prompts := examples(string(page), "```prompt\n")
	agents := examples(string(page), "```agent\n")
	if len(prompts) == 0 || len(agents) == 0 {
		t.Fatal("the page has no example")
	}
	for _, text := range prompts {
		if _, err := promptfile.Parse(text); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
	for _, text := range agents {
		if _, err := promptfile.ParseAgent(text); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
}

// examples are the blocks of a page that begin with mark.
func examples(page, mark string) []string {
	blocks := strings.Split(page, mark)[1:]
	for i, block := range blocks {
		blocks[i], _, _ = strings.Cut(block, "```")
	}
	return blocks
}
