package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"openloop/internal/app"
)

// Where the files lie, from the root.
const (
	readme = "README.md"
	folder = "docs/providers/"
)

const header = "<!-- Written by `go run ./internal/docgen`. What stands between the markers of notes is kept, everything else is not. -->\n\n"

// generate makes all files, by their path from root. It reads there what they keep.
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
	old, err := os.ReadFile(filepath.Join(root, readme))
	if err != nil {
		return nil, err
	}
	if _, ok := between(string(old), "providers"); !ok {
		return nil, fmt.Errorf("%s has no markers of providers", readme)
	}
	files[readme] = put(string(old), "providers", "\n"+table(all, folder)+"\n")
	return files, nil
}

// between is what stands between two markers.
func between(text, name string) (inside string, ok bool) {
	_, rest, begins := strings.Cut(text, begin(name))
	inside, _, ends := strings.Cut(rest, end(name))
	if !begins || !ends {
		return "", false
	}
	return inside, true
}

// put replaces what stands between two markers.
func put(text, name, inside string) string {
	before, rest, _ := strings.Cut(text, begin(name))
	_, after, _ := strings.Cut(rest, end(name))
	return before + marked(name, inside) + after
}

func marked(name, inside string) string { return begin(name) + inside + end(name) }

func begin(name string) string { return "<!-- " + name + " -->\n" }
func end(name string) string   { return "<!-- /" + name + " -->\n" }
