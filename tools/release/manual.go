package main

import (
	"context"
	"os"
	"path/filepath"
)

// shells are those that `openloop completion` knows.
var shells = []string{"bash", "zsh", "fish", "powershell"}

// manual writes the manual page and the completions, which the binary of this machine prints.
func (r *release) manual(ctx context.Context) error {
	made := map[string][]string{"openloop.1": {"man"}}
	for _, shell := range shells {
		made["openloop."+shell] = []string{"completion", shell}
	}
	for name, args := range made {
		text, err := output(ctx, r.root, r.binary(here), args...)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(r.work, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
