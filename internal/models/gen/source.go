package main

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// maxFile bounds one file of the package in bytes; the largest is a third of a megabyte.
const maxFile = 16 << 20

// dataDir is the folder of the package that holds one file of models a provider.
const dataDir = "dist/providers/data"

// pack holds the files of the package that matter, by their slash-separated path below the root of the package.
type pack map[string][]byte

func wanted(name string) bool {
	return name == "package.json" || (path.Dir(name) == dataDir && path.Ext(name) == ".json")
}

// readPack reads the package from a folder or from the .tgz that npm pack makes.
func readPack(name string) (pack, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return readDir(os.DirFS(name))
	}
	f, err := os.Open(filepath.Clean(name))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return readTar(f)
}

func readDir(fsys fs.FS) (pack, error) {
	p := pack{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !wanted(name) {
			return err
		}
		p[name], err = fs.ReadFile(fsys, name)
		return err
	})
	return p, err
}

// readTar reads the archive; npm puts every file below "package/".
func readTar(r io.Reader) (pack, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	p := pack{}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return p, nil
		}
		if err != nil {
			return nil, err
		}
		name := strings.TrimPrefix(path.Clean(h.Name), "package/")
		if h.Typeflag != tar.TypeReg || !wanted(name) {
			continue
		}
		if h.Size > maxFile {
			return nil, fmt.Errorf("%s has %d bytes, more than the limit of %d", name, h.Size, maxFile)
		}
		if p[name], err = io.ReadAll(io.LimitReader(t, maxFile)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
}
