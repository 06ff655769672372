package app_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/config"
)

// TestTheServiceManagerIsTold runs a server as systemd does: it says when it is ready, reads the models and the log level again when it is asked to,
// and says that it stops.
func TestTheServiceManagerIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, level := filepath.Join(dir, "models.json"), filepath.Join(dir, "level")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(file, `{"models": {"vllm": {"before": {}}}}`)
	write(level, "error")
	manager, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "unixgram", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer manager.Close()
	configure := func() (config.Config, error) {
		return config.Read([]string{
			"OPENLOOP_DATA_DIR=" + filepath.Join(dir, "data"), "OPENLOOP_API_KEY=" + testKey, "OPENLOOP_ADDR=127.0.0.1:0", "OPENLOOP_MODELS_FILE=" + file,
			"OPENLOOP_LOG_LEVEL_FILE=" + level, "NOTIFY_SOCKET=" + filepath.Join(dir, "s"),
		})
	}
	cfg, err := configure()
	if err != nil {
		t.Fatal(err)
	}
	logs, sink := io.Pipe()
	said := bufio.NewScanner(logs)
	a, err := app.New(t.Context(), cfg, sink)
	if err != nil {
		t.Fatal(err)
	}
	again := make(chan struct{})
	a.Reloads(again, configure)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended, greeted := make(chan error, 1), make(chan string, 1)
	go func() { ended <- a.Run(ctx, nil, greeter(greeted)) }()
	url := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(<-greeted)
	told := func() string {
		t.Helper()
		var text [64]byte
		n, _, err := manager.ReadFrom(text[:])
		if err != nil {
			t.Fatal(err)
		}
		return string(text[:n])
	}
	models := func() string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/v5/models?provider=vllm", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Api-Key", testKey)
		resp, err := http.DefaultClient.Do(req)
		got := read(t, resp, err)
		return strings.Join(regexp.MustCompile(`"id":"(\w+)"`).FindStringSubmatch(got.body)[1:], " ")
	}

	awaitLine := func(has string) {
		t.Helper()
		for said.Scan() {
			if strings.Contains(said.Text(), has) {
				return
			}
		}
		t.Fatalf("the log has no line with %q", has)
	}

	states := []string{told()}
	names := []string{models()}
	write(file, `{"models": {"vllm": {"after": {}}}}`)
	write(level, "info")
	again <- struct{}{}
	states = append(states, told(), told())
	names = append(names, models())
	awaitLine("were read again")
	write(file, `{`)
	go func() { again <- struct{}{} }()
	awaitLine("the models cannot be read again")
	go func() { _, _ = io.Copy(io.Discard, logs) }()
	states = append(states, told(), told())
	names = append(names, models())
	stop()
	states = append(states, told())
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if want := []string{"READY=1", "RELOADING=1", "READY=1", "RELOADING=1", "READY=1", "STOPPING=1"}; !slices.Equal(states, want) {
		t.Errorf("the manager was told %q, want %q", states, want)
	}
	if want := []string{"before", "after", "after"}; !slices.Equal(names, want) {
		t.Errorf("the models were %q, want %q", names, want)
	}
}
