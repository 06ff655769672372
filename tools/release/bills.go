package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"
)

// madeAt is when the tool was run, which it takes from the clock.
var madeAt = regexp.MustCompile(`"timestamp": "[^"]+"`)

// bills writes a bill of materials (CycloneDX 1.6) of each binary, from what the binary itself says of its build.
func (r *release) bills(ctx context.Context) error {
	if r.use != "" {
		return nil // the tool takes a minute to be compiled
	}
	for _, t := range r.targets {
		bill := filepath.Join(r.out, r.name(t)+".cdx.json")
		make := exec.CommandContext(ctx, "go", "tool", "cyclonedx-gomod", "bin", "-json", "-output-version", "1.6", "-noserial", "-std", "-licenses",
			"-version", "v"+r.version, "-output", bill, r.binary(t))
		make.Env, make.Stderr = append(os.Environ(), r.epochVariable()), os.Stderr
		if err := make.Run(); err != nil {
			return err
		}
		text, err := os.ReadFile(bill)
		if err != nil {
			return err
		}
		text = madeAt.ReplaceAll(text, []byte(`"timestamp": "`+r.at.Format(time.RFC3339)+`"`))
		if err := os.WriteFile(bill, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// name is the name of what is published for a target, without an extension.
func (r *release) name(t target) string { return "openloop_" + r.version + "_" + t.String() }
