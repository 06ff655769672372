package cli_test

import (
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/config"
)

const syncKey = "hl_sk_sync_0123456789abcdef"

// Each script has a server of its own, and the key of it.
func TestSyncScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/sync",
		Setup: func(e *testscript.Env) error {
			cfg, err := config.Read([]string{"OPENLOOP_DATA_DIR=" + e.WorkDir + "/data", "OPENLOOP_API_KEY=" + syncKey})
			if err != nil {
				return err
			}
			a, err := app.New(t.Context(), cfg, io.Discard)
			if err != nil {
				return err
			}
			server := httptest.NewServer(a.Handler())
			e.Defer(func() {
				server.Close()
				if err := a.Close(context.WithoutCancel(t.Context())); err != nil {
					t.Error(err)
				}
			})
			if err := writeTour(e.WorkDir); err != nil {
				return err
			}
			e.Setenv("OPENLOOP_URL", server.URL)
			e.Setenv("OPENLOOP_API_KEY", syncKey)
			return nil
		},
	})
}

// writeTour writes the commands of the documented tour, and what they are said to print.
func writeTour(dir string) error {
	page, err := os.ReadFile("../../docs/files-in-git.md")
	if err != nil {
		return err
	}
	_, tour, _ := strings.Cut(string(page), "## A tour")
	tour, _, _ = strings.Cut(tour, "\n## ")
	var commands, output string
	for i, block := range strings.Split(tour, "```") {
		if i%2 == 0 {
			continue
		}
		if command, ok := strings.CutPrefix(block, "sh\n"); ok {
			commands += command
		} else {
			output += strings.TrimPrefix(block, "\n")
		}
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "tour.sh"), []byte(commands), 0o600),
		os.WriteFile(filepath.Join(dir, "tour.txt"), []byte(output), 0o600),
	)
}
