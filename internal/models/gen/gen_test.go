package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	folder     = "testdata/package"
	supplement = "testdata/supplement.json"
	golden     = "testdata/catalog.json"
)

func generate(t *testing.T, pack, supplement string) (catalog, log string, err error) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "catalog.json")
	var b bytes.Buffer
	if err := run(options{pack: pack, supplement: supplement, out: out}, &b); err != nil {
		return "", b.String(), err
	}
	return read(t, out), b.String(), nil
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Clean(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// archive packs the files below folder as npm pack does.
func archive(t *testing.T, p pack) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	p = maps.Clone(p)
	p["dist/index.js"] = []byte("not wanted")
	for _, name := range slices.Sorted(maps.Keys(p)) {
		h := tar.Header{Name: "package/" + name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(p[name]))}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(p[name]); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []io.Closer{w, z} {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(t.TempDir(), "package.tgz")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func testPack(t *testing.T) pack {
	t.Helper()
	p, err := readPack(folder)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestGenerate(t *testing.T) {
	catalog, log, err := generate(t, folder, supplement)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(read(t, golden), catalog); d != "" {
		t.Errorf("catalogue (-want +got):\n%s", d)
	}
	want := "the supplement replaces the price of xai/grok-x\n17 models from the package, 18 with the supplement\n"
	if d := cmp.Diff(want, log); d != "" {
		t.Errorf("report (-want +got):\n%s", d)
	}
}

func TestGenerateIsDeterministic(t *testing.T) {
	first, _, err := generate(t, folder, supplement)
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{folder, archive(t, testPack(t))} {
		again, _, err := generate(t, source, supplement)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(first, again); d != "" {
			t.Errorf("from %s (-first +again):\n%s", filepath.Base(source), d)
		}
	}
}

func TestGenerateRefuses(t *testing.T) {
	const data = dataDir + "/"
	cases := []struct{ name, file, content, want string }{
		{"a package without a provider's file", data + "groq.json", "", "groq.json: the package has no such file"},
		{"a file without chat models", data + "groq.json", `{}`, "groq.json: it holds no chat models"},
		{"a new schema", data + ".manifest.json", `{"schemaVersion":7,"generatedAt":"2030-01-02T00:00:00Z"}`, "the data has schema version 7, this program reads 6"},
		{"a nameless package", "package.json", `{}`, "the package does not say its name, version and the day of its data"},
		{"a missing package.json", "package.json", "", "package.json: "},
		{"a missing manifest", data + ".manifest.json", "", ".manifest.json: "},
		{"a model without a cost", data + "xai.json", `{"x":{"chat:y":{"type":"chat","id":"y"}}}`, "xai.json: chat:y: a model needs an id and a cost"},
		{"a negative price", data + "xai.json", `{"x":{"chat:y":{"type":"chat","id":"y","cost":{"input":-1,"output":1}}}}`, "xai.json: chat:y: a price is negative"},
		{"a negative price in a tier", data + "xai.json", `{"x":{"chat:y":{"type":"chat","id":"y","cost":{"input":1,"output":1,"tiers":[{"output":-1}]}}}}`, "xai.json: chat:y: a price is negative"},
		{"a file that is not JSON", data + "xai.json", `{`, "xai.json: "},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			p := testPack(t)
			if tc.content == "" {
				delete(p, tc.file)
			} else {
				p[tc.file] = []byte(tc.content)
			}
			_, _, err := generate(t, archive(t, p), supplement)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error is %v, want one with %q", err, tc.want)
			}
		})
	}
}

func TestGenerateRefusesBrokenInput(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken")
	if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.tgz")
	whole := read(t, archive(t, testPack(t)))
	if err := os.WriteFile(cut, []byte(whole[:len(whole)/2]), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]options{
		"no package":             {pack: "testdata/none", supplement: supplement},
		"package not an archive": {pack: broken, supplement: supplement},
		"archive cut off":        {pack: cut, supplement: supplement},
		"no supplement":          {pack: folder, supplement: "testdata/none.json"},
		"supplement not JSON":    {pack: folder, supplement: broken},
	} {
		if _, _, err := generate(t, tc.pack, tc.supplement); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
