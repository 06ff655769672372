package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/openloop-server/openloop/internal/app"
)

// Paths from the root of the repository.
const (
	readme = "README.md" // in folder
	folder = "docs/providers/"
	manual = "docs/settings.md"
)

const header = "<!-- Written by `go run ./internal/docgen`. It keeps the text between the markers of notes and overwrites the rest. -->\n\n"

// generate returns the text of every file by its path. Below root it reads the parts that the files keep.
func generate(root string) (map[string]string, error) {
	all := app.Declarations()
	files := map[string]string{folder + readme: index(all)}
	for i := range all {
		name := folder + all[i].Slug + ".md"
		old, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		notes, _ := between(string(old), "notes")
		if files[name], err = page(root, &all[i], notes); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	old, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(manual)))
	if err != nil {
		return nil, err
	}
	if _, ok := between(string(old), "providers"); !ok {
		return nil, fmt.Errorf("%s has no markers of providers", manual)
	}
	files[manual] = put(string(old), "providers", "\n"+settingsTable(all)+"\n")
	return files, nil
}

// between returns the text between two markers.
func between(text, name string) (inside string, ok bool) {
	_, rest, begins := strings.Cut(text, begin(name))
	inside, _, ends := strings.Cut(rest, end(name))
	if !begins || !ends {
		return "", false
	}
	return inside, true
}

// put replaces the text between two markers.
func put(text, name, inside string) string {
	before, rest, _ := strings.Cut(text, begin(name))
	_, after, _ := strings.Cut(rest, end(name))
	return before + marked(name, inside) + after
}

func marked(name, inside string) string { return begin(name) + inside + end(name) }

func begin(name string) string { return "<!-- " + name + " -->\n" }
func end(name string) string   { return "<!-- /" + name + " -->\n" }
