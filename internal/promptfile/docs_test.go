package promptfile_test

import (
	"os"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/promptfile"
)

// Every example of the documentation can be read.
func TestDocumentedFiles(t *testing.T) {
	page, err := os.ReadFile("../../docs/prompt-files.md")
	if err != nil {
		t.Fatal(err)
	}
	for mark, parse := range map[string]func(string) error{
		"prompt":    func(text string) error { _, err := promptfile.Parse[file.Prompt](text); return err },
		"agent":     func(text string) error { _, err := promptfile.Parse[file.Agent](text); return err },
		"tool":      func(text string) error { _, err := promptfile.Parse[file.Tool](text); return err },
		"dataset":   func(text string) error { _, err := promptfile.Parse[promptfile.Dataset](text); return err },
		"evaluator": func(text string) error { _, err := promptfile.Parse[file.Evaluator](text); return err },
	} {
		texts := examples(string(page), "```"+mark+"\n")
		if len(texts) == 0 {
			t.Errorf("the page has no example of %s", mark)
		}
		for _, text := range texts {
			if err := parse(text); err != nil {
				t.Errorf("%v\n%s", err, text)
			}
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
