package image_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"github.com/openloop-server/openloop/internal/sandbox/image"
)

// module is a small module: a custom section, an empty export section, and another custom section.
const (
	head   = "\x00asm\x01\x00\x00\x00"
	custom = "\x00\x05\x04name"
	export = "\x07\x01\x00"
	module = head + custom + export + custom
)

func tgz(t *testing.T, names ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	for _, name := range names {
		if err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Size: int64(len(module)), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(module)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func whl(t *testing.T, names ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range names {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(module))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestLoadsModulesAndPackages reads the same module from every kind of file, and drops what does not matter for running it.
func TestLoadsModulesAndPackages(t *testing.T) {
	dir := t.TempDir()
	saved := filepath.Join(dir, image.Name)
	if err := image.Save(saved, []byte(module)); err != nil {
		t.Fatal(err)
	}
	compressed, err := os.ReadFile(saved)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"python.wasm": []byte(module), "python.wasm.gz": compressed, "python.tgz": tgz(t, "package/README.md", "package/dist/python.wasm"), "python.whl": whl(t, "a/__init__.py", "a/python.wasm"),
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := image.Load(path)
		if err != nil || string(got) != head+export {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestUnpackRefuses states what holds no module.
func TestUnpackRefuses(t *testing.T) {
	for want, data := range map[string][]byte{
		"it is neither a WebAssembly module nor a package with one": []byte("text"),
		"the archive holds 0 files named .wasm, and must hold one":  tgz(t, "a.txt"),
		"the archive holds 2 files named .wasm, and must hold one":  whl(t, "a.wasm", "b.wasm"),
	} {
		if got, err := image.Unpack(data); err == nil || err.Error() != want {
			t.Errorf("got %q, %v, want %s", got, err, want)
		}
	}
}

// TestTheEmbeddedImageIsReady reads the image that the program was built with, if it was.
func TestTheEmbeddedImageIsReady(t *testing.T) {
	module, ok, err := image.Embedded()
	if err != nil || ok != image.Has() || ok != bytes.HasPrefix(module, []byte(head)) {
		t.Fatalf("%d bytes, %t, %v", len(module), ok, err)
	}
	if !ok {
		t.Skip("this is a build without the Python image")
	}
	again, err := image.Prepare(module)
	if err != nil || !bytes.Equal(again, module) {
		t.Errorf("the image is not as Prepare leaves it: %v", err)
	}
}

// FuzzPrepare takes modules apart and puts them together. Once is enough.
func FuzzPrepare(f *testing.F) {
	for _, seed := range []string{module, head, "", head + "\x07", head + "\x07\xff\xff\xff\xff\xff\x01", head + "\x01\x80\x00", head + "\x00\xff\xff\xff\xff\x0f"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		once, err := image.Prepare(data)
		if err != nil {
			return
		}
		twice, err := image.Prepare(once)
		if err != nil || !bytes.Equal(once, twice) || len(once) > len(data) {
			t.Errorf("%q became %q, then %q, %v", data, once, twice, err)
		}
	})
}

// FuzzUnpack reads files that are no packages, or broken ones.
func FuzzUnpack(f *testing.F) {
	f.Add([]byte(module))
	f.Add([]byte("\x1f\x8b\x08"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := image.Unpack(data)
		if err == nil && !bytes.HasPrefix(got, []byte(head)) {
			t.Errorf("got %q", got)
		}
	})
}
