package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// toolchain builds what is published. Another release of Go makes other bytes.
const toolchain = "go1.26.8"

// binaries builds the binary of each target, or takes the one that is there.
func (r *release) binaries(ctx context.Context) error {
	if r.use != "" {
		return copyFile(r.binary(here), r.use)
	}
	for _, t := range r.targets {
		if err := r.build(ctx, t); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
	}
	return nil
}

func (r *release) build(ctx context.Context, t target) error {
	flags := "-s -w -buildid= -X github.com/openloop-server/openloop/internal/app.Version=" + r.version
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", r.binary(t), "./cmd/openloop")
	build.Dir, build.Stderr = r.root, os.Stderr
	build.Env = append(os.Environ(), "GOOS="+t.os, "GOARCH="+t.arch, "CGO_ENABLED=0", "GOTOOLCHAIN="+toolchain, "GOFLAGS=", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0", r.epochVariable())
	return build.Run()
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Close()
}
