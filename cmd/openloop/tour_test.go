package main_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// shell matches the blocks of the README that are to be pasted into a shell.
var shell = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestTheTourRunsTwice pastes the tour of the README into a shell, on a new server and then once more.
//
// Fault F13: it edited a file as only GNU's sed does, and left out what Python's OpenTelemetry needs.
func TestTheTourRunsTwice(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if _, missing := exec.LookPath("curl"); err != nil || missing != nil {
		t.Skip("there is no bash, or no curl")
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, tour, _ := strings.Cut(string(readme), "## A five-minute tour")
	tour, _, _ = strings.Cut(tour, "\n## ")
	if regexp.MustCompile(`\bsed -i`).MatchString(tour) || !strings.Contains(tour, "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf") {
		t.Error("the tour is not for every machine")
	}
	bin := build(t)
	p := serve(t, bin, "OPENLOOP_DATA_DIR="+t.TempDir())
	script := "export OPENLOOP_URL=" + p.url + "\n"
	for _, block := range shell.FindAllStringSubmatch(tour, -1) {
		if !strings.Contains(block[1], "make run") {
			script += block[1]
		}
	}
	script = strings.NewReplacer("http://127.0.0.1:8080", p.url, "hl_sk_tour_0123456789abcdef", key, "/tmp/tour", t.TempDir()+"/tour", "bin/openloop", bin).Replace(script)
	for _, time := range []string{"first", "second"} {
		out, err := exec.CommandContext(t.Context(), bash, "-e", "-o", "pipefail", "-c", script).CombinedOutput()
		for _, want := range []string{`"content":"Good day, Ada."`, `"reason":"missing_inputs"`, `"judgment":"good"`, "passed", "exit code 2", `"reason":"gate_closed"`, "+  Good morning, {{name}}.", `"type":"agent_turn_suspend"`, `"output":"12\n`, `\nBlue."`, "1 changed, 10 in step."} {
			if err != nil || !strings.Contains(string(out), want) {
				t.Fatalf("the %s time, without %s: %v\n%s", time, want, err, out)
			}
		}
	}
	stop(t, p)
}
