package main_test

import (
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
)

const agentSteps = 10

// counting is a provider with OpenAI's API. Its model "agent" calls the tool "count" with the number of its answer, until it has answered ten
// times; its model "count" says the number. It holds one request for each step, so that the server can be killed then.
type counting struct {
	held chan struct{} // a token when a request is held
	left chan struct{} // closed at the end of the test

	mu    sync.Mutex
	hold  map[string]bool // that are held once: the model and the number
	tools map[string]int  // requests to the model "count", by the number
}

func (c *counting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	var chat struct {
		Model    string `json:"model"`
		Messages []struct {
			Role    string     `json:"role"`
			Content json.Value `json:"content"`
		} `json:"messages"`
	}
	if err := json.UnmarshalForeign(raw, &chat); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answers, number := 0, ""
	for _, m := range chat.Messages {
		if m.Role == "assistant" {
			answers++
		}
	}
	_ = json.UnmarshalForeign(chat.Messages[0].Content, &number)
	if chat.Model == "agent" {
		number = fmt.Sprint(answers)
	}
	if c.holds(chat.Model, number) {
		c.held <- struct{}{}
		select {
		case <-r.Context().Done():
		case <-c.left:
		}
		return
	}
	message, finish := `{"role":"assistant","content":"`+number+`"}`, "stop"
	if chat.Model == "agent" && answers < agentSteps {
		message, finish = `{"role":"assistant","content":null,"tool_calls":[{"id":"c`+number+`","type":"function","function":{"name":"count","arguments":"{\"n\":\"`+number+`\"}"}}]}`, "tool_calls"
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"id":"x","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{"index":0,"message":%s,"finish_reason":%q}],"usage":{"prompt_tokens":1,"completion_tokens":1}}`, message, finish)
}

// holds reports whether a request is held, and counts it.
func (c *counting) holds(model, number string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if model == "count" {
		c.tools[number]++
	}
	wanted := c.hold[model+number]
	delete(c.hold, model+number)
	return wanted
}

// TestAnAgentOfAKilledServerGoesOn kills the process at each of ten steps of one Agent: by turns while its model thinks, and while its tool works.
// A tool that had given its result is not run again.
func TestAnAgentOfAKilledServerGoesOn(t *testing.T) {
	t.Parallel()
	model := &counting{held: make(chan struct{}), left: make(chan struct{}), hold: map[string]bool{}, tools: map[string]int{}}
	wantTools := map[string]int{}
	for n := range agentSteps {
		at := fmt.Sprint(n)
		if wantTools[at] = 1; n%2 == 0 {
			model.hold["agent"+at] = true
		} else {
			model.hold["count"+at] = true
			wantTools[at] = 2 // the first had given no result
		}
	}
	data := t.TempDir()
	environ := counted(t, model, data)
	bin := build(t)
	p := serve(t, bin, environ...)
	p.makeAgent(t)
	path, body := "/v5/agents/call", `{"path":"agent","log_id":"killed","messages":[{"role":"user","content":"go"}]}`
	for range agentSteps {
		gone := make(chan error)
		go func() {
			_, _, err := p.send(t.Context(), http.MethodPost, path, body)
			gone <- err
		}()
		<-model.held
		_ = p.cmd.Process.Kill()
		if err := <-gone; err == nil {
			t.Error("a server that was killed has answered")
		}
		if err := <-p.done; err == nil {
			t.Error("a server that was killed has ended by itself")
		}
		p = serve(t, bin, environ...)
		path, body = "/v5/agents/continue", `{"log_id":"killed","messages":[]}`
		if status, text, err := p.send(t.Context(), http.MethodPost, path, body); status != http.StatusConflict || !strings.Contains(text, `"conflict"`) {
			t.Fatalf("a turn that was lost just now is continued with %d %s %v", status, text, err)
		}
		turnsRunOut(t, data)
	}
	var got struct {
		Status   string       `json:"log_status"`
		Output   string       `json:"output"`
		Children []json.Value `json:"trace_children"`
	}
	p.must(t, http.MethodPost, path, `{"log_id":"killed","messages":[],"include_trace_children":true}`, &got)
	if got.Status != "complete" || got.Output != fmt.Sprint(agentSteps) || len(got.Children) != agentSteps {
		t.Errorf("the Agent is %s with %q and %d Logs below it", got.Status, got.Output, len(got.Children))
	}
	if d := cmp.Diff(wantTools, model.tools); d != "" {
		t.Errorf("requests of the tool (-want +got):\n%s", d)
	}
	stop(t, p)
}

// turnsRunOut does in a moment what takes a minute otherwise.
func turnsRunOut(t *testing.T, data string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(data, "openloop.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `UPDATE turn SET lease_us = lease_us - 61000000`); err != nil {
		t.Fatal(err)
	}
}

// counted starts the provider, and returns the settings of a server that asks it.
func counted(t *testing.T, model *counting, data string) []string {
	t.Helper()
	upstream := httptest.NewServer(model)
	t.Cleanup(func() {
		close(model.left)
		upstream.Close()
	})
	return []string{"OPENLOOP_DATA_DIR=" + data, "OPENAI_BASE_URL=" + upstream.URL, "OPENAI_API_KEY=sk-test"}
}

// makeAgent saves the Agent and the Prompt that is its tool.
func (p *process) makeAgent(t *testing.T) {
	t.Helper()
	var tool struct {
		ID string `json:"id"`
	}
	p.must(t, http.MethodPost, "/v5/prompts", `{"path":"count","provider":"openai","model":"count","template":[{"role":"user","content":"{{n}}"}]}`, &tool)
	p.must(t, http.MethodPost, "/v5/agents", `{"path":"agent","provider":"openai","model":"agent","max_iterations":20,"tools":[{"type":"file","link":{"file_id":"`+tool.ID+`"}}]}`, nil)
}

// TestAnAgentOfAStoppedServerGoesOn stops the process in order while its model thinks. The caller hears of that, and the turn is free at once.
func TestAnAgentOfAStoppedServerGoesOn(t *testing.T) {
	t.Parallel()
	model := &counting{held: make(chan struct{}), left: make(chan struct{}), hold: map[string]bool{"agent3": true}, tools: map[string]int{}}
	environ := append(counted(t, model, t.TempDir()), "OPENLOOP_SHUTDOWN_TIMEOUT=1ms")
	bin := build(t)
	p := serve(t, bin, environ...)
	p.makeAgent(t)
	answer := make(chan string)
	go func() {
		status, text, err := p.send(t.Context(), http.MethodPost, "/v5/agents/call", `{"path":"agent","log_id":"stopped","messages":[{"role":"user","content":"go"}]}`)
		answer <- fmt.Sprint(status, text, err)
	}()
	<-model.held
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got := <-answer; !strings.HasPrefix(got, "503") || !strings.Contains(got, `"shutting_down"`) || !strings.Contains(got, `"log_id":"stopped"`) {
		t.Errorf("the caller heard %s", got)
	}
	if err := <-p.done; err != nil {
		t.Error(err)
	}
	p = serve(t, bin, environ...)
	var got struct {
		Status string `json:"log_status"`
		Output string `json:"output"`
	}
	p.must(t, http.MethodPost, "/v5/agents/continue", `{"log_id":"stopped","messages":[]}`, &got)
	if got.Status != "complete" || got.Output != fmt.Sprint(agentSteps) || model.tools["2"] != 1 {
		t.Errorf("%+v, tools %v", got, model.tools)
	}
	stop(t, p)
}
