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
	const mark = "```prompt\n"
	examples := strings.Split(string(page), mark)[1:]
	if len(examples) == 0 {
		t.Fatal("the page has no example")
	}
	for _, example := range examples {
		text, _, _ := strings.Cut(example, "```")
		if _, err := promptfile.Parse(text); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
}
