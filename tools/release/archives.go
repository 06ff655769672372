package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing/fstest"
)

// archives puts each binary into an archive, with the manual, the completions and the licenses.
func (r *release) archives(context.Context) error {
	for _, t := range r.targets {
		content, err := r.content(t)
		if err != nil {
			return err
		}
		pack, extension := tarred, ".tar.gz"
		if t.os == "windows" {
			pack, extension = zipped, ".zip"
		}
		if err := write(filepath.Join(r.out, r.name(t)+extension), content, pack); err != nil {
			return err
		}
	}
	return nil
}

// content is what an archive has, in a folder. It knows no owners, and has one time.
func (r *release) content(t target) (fs.FS, error) {
	from := map[string]string{
		t.program(): r.binary(t), "LICENSE": filepath.Join(r.root, "LICENSE"), "NOTICE": filepath.Join(r.root, "NOTICE"), "README.md": filepath.Join(r.root, "README.md"),
		"THIRD_PARTY": filepath.Join(r.out, "THIRD_PARTY"), "openloop.1": filepath.Join(r.work, "openloop.1"),
	}
	for _, shell := range shells {
		from["completions/openloop."+shell] = filepath.Join(r.work, "openloop."+shell)
	}
	files := fstest.MapFS{}
	for name, path := range from {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		mode := fs.FileMode(0o644)
		if name == t.program() {
			mode = 0o755
		}
		files[r.name(t)+"/"+name] = &fstest.MapFile{Data: data, Mode: mode, ModTime: r.at}
	}
	for _, folder := range []string{r.name(t), r.name(t) + "/completions"} {
		files[folder] = &fstest.MapFile{Mode: fs.ModeDir | 0o755, ModTime: r.at}
	}
	return files, nil
}

func write(path string, content fs.FS, pack func(io.Writer, fs.FS) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(pack(f, content), f.Close())
}

func tarred(w io.Writer, content fs.FS) error {
	z := gzip.NewWriter(w)
	t := tar.NewWriter(z)
	return errors.Join(t.AddFS(content), t.Close(), z.Close())
}

func zipped(w io.Writer, content fs.FS) error {
	z := zip.NewWriter(w)
	return errors.Join(z.AddFS(content), z.Close())
}
