package image

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

var magic = []byte("\x00asm\x01\x00\x00\x00")

// Unpack returns the module in data, which is a module, one that is compressed by gzip, or a package of npm or PyPI with exactly one in it.
func Unpack(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, magic):
		return data, nil
	case bytes.HasPrefix(data, []byte("\x1f\x8b")):
		inner, err := inflate(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("it cannot be decompressed: %w", err)
		}
		if bytes.HasPrefix(inner, magic) {
			return inner, nil
		}
		return one(fromTar(inner))
	case bytes.HasPrefix(data, []byte("PK")):
		return one(fromZip(data))
	default:
		return nil, errors.New("it is neither a WebAssembly module nor a package with one")
	}
}

// one is the only module of an archive.
func one(modules [][]byte, err error) ([]byte, error) {
	if err != nil {
		return nil, fmt.Errorf("the archive cannot be read: %w", err)
	}
	if len(modules) != 1 {
		return nil, fmt.Errorf("the archive holds %d files named .wasm, and must hold one", len(modules))
	}
	if !bytes.HasPrefix(modules[0], magic) {
		return nil, errors.New("the file named .wasm in the archive is no WebAssembly module")
	}
	return modules[0], nil
}

func fromTar(data []byte) (modules [][]byte, err error) {
	for r := tar.NewReader(bytes.NewReader(data)); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return modules, nil
		}
		if err != nil {
			return nil, err
		}
		if header.Typeflag != tar.TypeReg || !strings.HasSuffix(header.Name, ".wasm") {
			continue
		}
		module, err := limited(r)
		if err != nil {
			return nil, err
		}
		modules = append(modules, module)
	}
}

func fromZip(data []byte) (modules [][]byte, err error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	for _, f := range r.File {
		if !strings.HasSuffix(f.Name, ".wasm") {
			continue
		}
		module, err := read(f)
		if err != nil {
			return nil, err
		}
		modules = append(modules, module)
	}
	return modules, nil
}

func read(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // it was only read
	return limited(r)
}
