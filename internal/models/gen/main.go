// Command gen makes the model catalogue that is compiled into the server.
//
// It reads the npm package @earendil-works/pi-ai (a folder, or the .tgz that npm pack makes), puts the supplement of this
// repository on top, and writes the result. The same input gives the same bytes. Run it from the root of the repository:
//
//	npm pack @earendil-works/pi-ai
//	go run ./internal/models/gen -package earendil-works-pi-ai-1.5.2.tgz
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/openloop-server/openloop/internal/models"
)

func main() {
	var o options
	flag.StringVar(&o.pack, "package", "", "folder or .tgz of the npm package @earendil-works/pi-ai")
	flag.StringVar(&o.supplement, "supplement", "internal/models/supplement.json", "file of models that the package lacks")
	flag.StringVar(&o.out, "out", "internal/models/catalog.json", "file to write")
	flag.Parse()
	if err := run(o, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

type options struct{ pack, supplement, out string }

// run writes the catalogue and reports to log what a reviewer wants to know.
func run(o options, log io.Writer) error {
	p, err := readPack(o.pack)
	if err != nil {
		return fmt.Errorf("read package: %w", err)
	}
	base, err := convert(p)
	if err != nil {
		return err
	}
	extra, err := os.ReadFile(filepath.Clean(o.supplement))
	if err != nil {
		return err
	}
	full, err := base.WithOverrides(bytes.NewReader(extra))
	if err != nil {
		return fmt.Errorf("%s: %w", o.supplement, err)
	}
	if err := report(log, base, full); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := full.Encode(&b); err != nil {
		return err
	}
	return os.WriteFile(o.out, b.Bytes(), 0o600)
}

// report counts the models and names those whose price in the package the supplement replaces: it may have become stale.
func report(w io.Writer, base, full *models.Registry) error {
	for m := range base.All() {
		if now, _ := full.Lookup(m.Provider, m.ID); now.Price != m.Price {
			if _, err := fmt.Fprintf(w, "the supplement replaces the price of %s/%s\n", m.Provider, m.ID); err != nil {
				return err
			}
		}
	}
	_, err := fmt.Fprintf(w, "%d models from the package, %d with the supplement\n", base.Len(), full.Len())
	return err
}
