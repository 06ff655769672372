package main_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/openloop-server/openloop/internal/json"
)

const endless = `{"path":"stop","prompt":{"provider":"mock","model":"lorem/100000/10ms"},"messages":[{"role":"user","content":"x"}],"stream":true,"log_id":"cut"}`

// TestStopCutsOffWhatTakesTooLong asks the process to stop while calls run that do not end by themselves: their callers and their Logs are
// told so, after the time set, or at once after a second signal.
//
// Fault F6, Fault E4: streams ended silently, and their Logs said that the caller had left.
func TestStopCutsOffWhatTakesTooLong(t *testing.T) {
	bin := build(t)
	t.Parallel()
	t.Run("after the time set", func(t *testing.T) {
		t.Parallel()
		cutOff(t, bin, "100ms", func(*process) {})
	})
	t.Run("at a second signal", func(t *testing.T) {
		t.Parallel()
		cutOff(t, bin, "1h", (*process).terminateAgain)
	})
}

func cutOff(t *testing.T, bin, timeout string, then func(*process)) {
	data := "OPENLOOP_DATA_DIR=" + t.TempDir()
	p := serve(t, bin, data, "OPENLOOP_SHUTDOWN_TIMEOUT="+timeout)
	whole := make(chan string, 1)
	go func() {
		status, body, err := p.send(t.Context(), http.MethodPost, "/v5/prompts/call", strings.NewReplacer(`,"stream":true`, "", `"cut"`, `"whole"`).Replace(endless))
		if err != nil || status != http.StatusServiceUnavailable {
			t.Errorf("the whole call: %d %v", status, err)
		}
		whole <- body
	}()
	r := bufio.NewReader(p.open(t, "/v5/prompts/call", endless).Body)
	for range 60 { // by then the whole call is under way, too
		if _, err := r.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	then(p)
	rest, err := io.ReadAll(r)
	last := rest[max(0, strings.LastIndex(string(rest), "event: ")):]
	if err != nil || !strings.HasPrefix(string(last), "event: error\ndata: ") || !strings.Contains(string(last), `"shutting_down"`) {
		t.Errorf("the stream ended with %q, %v", last, err)
	}
	if body := <-whole; !strings.Contains(body, `"shutting_down"`) {
		t.Errorf("the whole call ended with %s", body)
	}
	if err := <-p.done; err != nil {
		t.Errorf("the server ended with %v", err)
	}
	again := serve(t, bin, data)
	for _, id := range []string{"cut", "whole"} {
		_, body, err := again.send(t.Context(), http.MethodGet, "/v5/logs/"+id, "")
		var log struct {
			Error string `json:"error"`
		}
		if json.Unmarshal([]byte(body), &log) != nil || log.Error != "The server was stopped before this call was complete. Send the request again." {
			t.Errorf("the Log %s: %q, %v", id, log.Error, err)
		}
	}
	stop(t, again)
}

// spoken are requests for streams that do not end by themselves, in the APIs of other vendors: how the last event of one that is cut off begins, by path.
var spoken = []struct{ path, body, last string }{
	{"/v1/chat/completions", `"messages":[{"role":"user","content":"x"}]`, "event: error\ndata: {\"error\":"},
	{"/v1/messages", `"max_tokens":1000000,"messages":[{"role":"user","content":"x"}]`, "event: error\ndata: {\"type\":\"error\","},
	{"/v1/responses", `"input":"x"`, "event: response.failed\ndata: {\"type\":\"response.failed\","},
}

// TestStopEndsStreamsInTheWordsOfTheirAPI states how clients of other vendors are told, in both lanes, and that their Logs are kept.
func TestStopEndsStreamsInTheWordsOfTheirAPI(t *testing.T) {
	bin := build(t)
	t.Parallel()
	data := "OPENLOOP_DATA_DIR=" + t.TempDir()
	p := serve(t, bin, data, "OPENLOOP_SHUTDOWN_TIMEOUT=100ms")
	type stream struct {
		name, last, log string
		rest            *bufio.Reader
	}
	var streams []stream
	for _, s := range spoken {
		for _, model := range []string{"mock/lorem/100000/10ms", "mock/native/lorem/100000/10ms"} {
			resp := p.open(t, s.path, `{"model":"`+model+`","stream":true,`+s.body+`}`)
			r := bufio.NewReader(resp.Body)
			for range 30 {
				if _, err := r.ReadString('\n'); err != nil {
					t.Fatal(err)
				}
			}
			streams = append(streams, stream{s.path + " " + model, s.last, resp.Header.Get("X-Openloop-Log-Id"), r})
		}
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for _, s := range streams {
		rest, err := io.ReadAll(s.rest)
		events := strings.Split(strings.TrimSpace(string(rest)), "\n\n")
		last := events[len(events)-1]
		if err != nil || !strings.HasPrefix(last, s.last) || !strings.Contains(last, `"shutting_down"`) {
			t.Errorf("%s ended with %q, %v", s.name, last, err)
		}
	}
	if err := <-p.done; err != nil {
		t.Errorf("the server ended with %v", err)
	}
	again := serve(t, bin, data)
	for _, s := range streams {
		_, body, err := again.send(t.Context(), http.MethodGet, "/v5/logs/"+s.log, "")
		if !strings.Contains(body, `"reason":"shutting_down"`) {
			t.Errorf("%s: the Log is %.300s, %v", s.name, body, err)
		}
	}
	stop(t, again)
}

// open begins a call whose answer is read while it comes.
func (p *process) open(t *testing.T, path, body string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-API-KEY", key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

// terminateAgain sends a second signal once the first was heeded: two at once are one.
func (p *process) terminateAgain() {
	for {
		conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		if err != nil {
			break
		}
		_ = conn.Close()
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
}
