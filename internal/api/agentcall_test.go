package api_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
)

// onBoth runs a test on both databases.
func onBoth(t *testing.T, test func(t *testing.T, on func(*testing.T, http.Handler) *server)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, start)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, func(t *testing.T, upstream http.Handler) *server {
			t.Helper()
			return startOn(t, upstream, store.Options{URL: postgres.URL(t)})
		})
	})
}

func scripts(by map[string][]reply) *scripted { return &scripted{scripts: by} }

// outputs are what the Logs below an Agent's say: "path: output", or "path! error".
func (a *agentAnswer) outputs() []string {
	out := make([]string, 0, len(a.Children))
	for _, c := range a.Children {
		path := ""
		for _, f := range []*atPath{c.Tool, c.Prompt, c.Agent} {
			if f != nil {
				path = f.Path
			}
		}
		switch {
		case c.Error != nil:
			out = append(out, path+"! "+*c.Error)
		case c.Output != nil:
			out = append(out, path+": "+*c.Output)
		}
	}
	slices.Sort(out)
	return out
}

func TestAgentRunsItsTools(t *testing.T) {
	onBoth(t, func(t *testing.T, on func(*testing.T, http.Handler) *server) {
		w := newAgentWorld(t, scripts(map[string][]reply{"a": {calls(`c1 weather {"city":"Paris"}`, `c2 notes {"key":"a"}`), calls(`c3 notes {"key":"none"}`), says("done")}}), on)
		w.agent(t, "a", w.link("weather"), w.link("notes"))
		status, got := w.start(t, "a")
		if status != http.StatusOK || got.LogStatus != "complete" || *got.Output != "done" || got.FinishReason != "stop" || got.Previous != nil {
			t.Errorf("%d %+v", status, got)
		}
		want := "user: go\nassistant: [c1 weather {\"city\":\"Paris\"}][c2 notes {\"key\":\"a\"}]\ntool c1: sunny\ntool c2: text of a\n" +
			"assistant: [c3 notes {\"key\":\"none\"}]\ntool c3: {\"error\":\"The snippet has no key \\\"none\\\". Its keys: a.\"}\n"
		if d := cmp.Diff(want, w.model.last()); d != "" {
			t.Errorf("the model got (-want +got):\n%s", d)
		}
		if d := cmp.Diff([]string{"notes! The snippet has no key \"none\". Its keys: a.", "notes: text of a", "weather: sunny"}, got.outputs()); d != "" {
			t.Errorf("children (-want +got):\n%s", d)
		}
		if *got.PromptTokens != 30 || len(got.Metadata.Openloop.Steps) != 3 {
			t.Errorf("%d tokens in %+v", *got.PromptTokens, got.Metadata)
		}
	})
}

// TestFaultyCallsGoBackToTheModel lets it make three mistakes, and ends the Agent when it makes one of them for the third time.
func TestFaultyCallsGoBackToTheModel(t *testing.T) {
	w := newAgentWorld(t, scripts(map[string][]reply{
		"mends":   {calls(`c1 nobody {}`), calls(`c2 weather {"city`), calls(`c3 weather ["Paris"]`), calls(`c4 weather {}`), says("done")},
		"repeats": {calls(`c1 nobody {}`), calls(`c1 nobody {}`), calls(`c1 nobody {}`), says("done")},
	}), start)
	w.agent(t, "mends", w.link("weather"))
	w.agent(t, "repeats", w.link("weather"))
	status, got := w.start(t, "mends")
	want := "user: go\nassistant: [c1 nobody {}]\ntool c1: {\"error\":\"There is no tool of this name.\"}\n" +
		"assistant: [c2 weather {\"city]\ntool c2: {\"error\":\"The arguments are not a JSON object.\"}\n" +
		"assistant: [c3 weather [\"Paris\"]]\ntool c3: {\"error\":\"The arguments are not a JSON object.\"}\n" +
		"assistant: [c4 weather {}]\ntool c4: {\"error\":\"The inputs do not fit the parameters of the Tool: city is required.\"}\n"
	if status != http.StatusOK || *got.Output != "done" {
		t.Errorf("%d %+v", status, got)
	}
	if d := cmp.Diff(want, w.model.last()); d != "" {
		t.Errorf("the model got (-want +got):\n%s", d)
	}
	status, got = w.start(t, "repeats", `"log_id": "repeats"`)
	if status != http.StatusUnprocessableEntity || got.Detail.Reason != "model_output_invalid" || got.Detail.LogID != "repeats" {
		t.Errorf("%d %+v", status, got.Detail)
	}
	if l := w.log(t, "repeats"); l.LogStatus != "complete" || l.Error == nil {
		t.Errorf("the Log is %+v", l)
	}
}

// TestMixedCallsSuspend runs the server's calls first, and then waits for the client's.
func TestMixedCallsSuspend(t *testing.T) {
	onBoth(t, func(t *testing.T, on func(*testing.T, http.Handler) *server) {
		w := newAgentWorld(t, scripts(map[string][]reply{"a": {calls(`c1 ask {"q":"x"}`, `c2 weather {"city":"Paris"}`, `c3 ask {"q":"y"}`), says("done")}}), on)
		w.agent(t, "a", w.link("weather"), inlineAsk)
		status, got := w.start(t, "a", `"log_id": "mixed"`)
		if status != http.StatusOK || got.LogStatus != "incomplete" || got.Output != nil || got.Previous == nil || len(got.Previous.ToolCalls) != 3 {
			t.Fatalf("%d %+v", status, got)
		}
		if d := cmp.Diff([]string{"weather: sunny"}, got.outputs()); d != "" {
			t.Errorf("children (-want +got):\n%s", d)
		}
		status, refused := w.goOn(t, "mixed", `{"role": "tool", "tool_call_id": "c1", "content": "1"}, {"role": "tool", "tool_call_id": "c2", "content": "2"}`)
		const why = "No open call that is left to the client has the id \"c2\". The call \"c3\" of `ask` is not answered."
		if status != http.StatusUnprocessableEntity || refused.Detail.Message != why {
			t.Errorf("%d %+v", status, refused.Detail)
		}
		status, got = w.goOn(t, "mixed", `{"role": "tool", "tool_call_id": "c3", "content": "3"}, {"role": "tool", "tool_call_id": "c1", "content": "1"}, {"role": "user", "content": "hurry"}`)
		if status != http.StatusOK || got.LogStatus != "complete" || got.ID != "mixed" || *got.Output != "done" || got.Metadata.Openloop.Turn != 2 {
			t.Errorf("%d %+v", status, got)
		}
		if d := cmp.Diff([]string{"weather: sunny"}, got.outputs()); d != "" {
			t.Errorf("children (-want +got):\n%s", d)
		}
	})
}

// TestOneTurnAtATime continues an Agent while its model thinks: the second is refused, and the first is not disturbed.
func TestOneTurnAtATime(t *testing.T) {
	onBoth(t, func(t *testing.T, on func(*testing.T, http.Handler) *server) {
		thinking, go1 := make(chan struct{}), make(chan struct{})
		model := scripts(map[string][]reply{"a": {calls(`c1 ask {}`), says("done")}})
		model.wait = func(_ context.Context, c *chat) {
			if c.answered() == 1 {
				thinking <- struct{}{}
				<-go1
			}
		}
		w := newAgentWorld(t, model, on)
		w.agent(t, "a", inlineAsk)
		w.start(t, "a", `"log_id": "one"`)
		const answer = `{"role": "tool", "tool_call_id": "c1", "content": "1"}`
		first := make(chan agentAnswer)
		go func() {
			_, got := w.goOn(t, "one", answer)
			first <- got
		}()
		<-thinking
		if status, second := w.goOn(t, "one", answer); status != http.StatusConflict || second.Detail.Reason != "conflict" {
			t.Errorf("%d %+v", status, second.Detail)
		}
		close(go1)
		if got := <-first; got.LogStatus != "complete" || *got.Output != "done" {
			t.Errorf("%+v", got)
		}
		if status, third := w.goOn(t, "one", answer); status != http.StatusConflict || third.Detail.Reason != "illegal_state" {
			t.Errorf("%d %+v", status, third.Detail)
		}
	})
}

// TestAnAgentGoesOnAfterAnOutage has its model fail at the third step: what was done before is not done again.
func TestAnAgentGoesOnAfterAnOutage(t *testing.T) {
	onBoth(t, func(t *testing.T, on func(*testing.T, http.Handler) *server) {
		replies := []reply{calls(`c1 weather {"city":"Paris"}`), calls(`c2 weather {"city":"Rome"}`), fails(http.StatusServiceUnavailable)}
		w := newAgentWorld(t, scripts(map[string][]reply{"a": replies}), on)
		w.agent(t, "a", w.link("weather"))
		status, got := w.start(t, "a", `"log_id": "outage"`)
		if status != http.StatusServiceUnavailable || got.Detail.LogID != "outage" || !got.Detail.Retryable {
			t.Fatalf("%d %+v", status, got.Detail)
		}
		if l := w.log(t, "outage"); l.LogStatus != "incomplete" || l.Error == nil {
			t.Errorf("the Log is %+v", l)
		}
		replies[2] = says("done")
		status, got = w.goOn(t, "outage", "")
		if status != http.StatusOK || got.LogStatus != "complete" || *got.Output != "done" || got.Error != nil || got.Metadata.Openloop.Turn != 1 {
			t.Errorf("%d %+v", status, got)
		}
		if d := cmp.Diff([]string{"weather: sunny", "weather: sunny"}, got.outputs()); d != "" || len(w.model.chats()) != 4 {
			t.Errorf("%d chats, children (-want +got):\n%s", len(w.model.chats()), d)
		}
	})
}

// TestAnAgentEndsByItsLimits ends it by a tool that stops, and by the number of its answers: the last calls are not run.
func TestAnAgentEndsByItsLimits(t *testing.T) {
	w := newAgentWorld(t, scripts(map[string][]reply{
		"stops":   {calls(`c1 weather {"city":"Paris"}`, `c2 finish {"sum":"x"}`)},
		"endless": {calls(`c1 weather {"city":"Paris"}`)},
	}), start)
	w.agent(t, "stops", w.link("weather"), `{"type": "inline", "json_schema": {"name": "finish", "description": "d"}, "on_agent_call": "stop"}`)
	w.agent(t, "endless", w.link("weather"))
	_, got := w.start(t, "stops")
	if got.LogStatus != "complete" || got.FinishReason != "tool_calls" || len(got.OutputMessage.ToolCalls) != 2 || len(got.Children) != 0 {
		t.Errorf("%+v", got)
	}
	_, got = w.start(t, "endless")
	if got.LogStatus != "complete" || got.FinishReason != "max_iterations" || len(got.OutputMessage.ToolCalls) != 1 || len(got.Children) != 4 || len(got.Metadata.Openloop.Steps) != 5 {
		t.Errorf("%+v", got)
	}
}

// TestAgentsWorkForOneAnother calls a Prompt, and an Agent that calls an Agent. None of them can call one that is at work.
func TestAgentsWorkForOneAnother(t *testing.T) {
	onBoth(t, func(t *testing.T, on func(*testing.T, http.Handler) *server) {
		w := newAgentWorld(t, scripts(map[string][]reply{
			"boss":   {calls(`c1 writer {"topic":"tea"}`, `c2 clerk {"messages":"look it up"}`), says("done")},
			"writer": {says("a poem")},
			"clerk":  {calls(`c1 weather {"city":"Paris"}`, `c2 boss {"messages":"help"}`), says("it is sunny")},
		}), on)
		w.save(t, "prompts", `{"path": "writer", "provider": "openai", "model": "writer", "template": [{"role": "user", "content": "On {{topic}}"}]}`)
		w.agent(t, "boss", w.link("writer"))
		w.agent(t, "clerk", w.link("weather"), w.link("boss"))
		status, got := w.start(t, "boss", `"agent": {"provider": "openai", "model": "boss", "tools": [`+w.link("writer")+", "+w.link("clerk")+"]}")
		if status != http.StatusOK || *got.Output != "done" {
			t.Fatalf("%d %+v", status, got)
		}
		if d := cmp.Diff([]string{"clerk: it is sunny", "writer: a poem"}, got.outputs()); d != "" {
			t.Errorf("children (-want +got):\n%s", d)
		}
		chats := w.model.chats()
		for _, want := range []string{
			"user: On tea\n",
			"user: look it up\nassistant: [c1 weather {\"city\":\"Paris\"}][c2 boss {\"messages\":\"help\"}]\ntool c1: sunny\ntool c2: {\"error\":\"The Agent is at work already.\"}\n",
		} {
			if !slices.Contains(chats, want) {
				t.Errorf("no model got %q:\n%s", want, strings.Join(chats, "\n"))
			}
		}
		for _, c := range w.model.asked {
			if c.Model == "clerk" && len(c.Tools) != 1 {
				t.Errorf("the clerk is offered %+v", c.Tools)
			}
		}
	})
}

// TestAnInnerAgentHasNoClient fails when it needs one, and its caller hears of that.
func TestAnInnerAgentHasNoClient(t *testing.T) {
	w := newAgentWorld(t, scripts(map[string][]reply{"boss": {calls(`c1 clerk {"messages":"x"}`), says("done")}, "clerk": {calls(`c1 ask {}`)}}), start)
	w.agent(t, "clerk", inlineAsk)
	w.agent(t, "boss", w.link("clerk"))
	_, got := w.start(t, "boss")
	if d := cmp.Diff([]string{"clerk! The Agent calls the tool `ask`, which only a client can run, and there is none."}, got.outputs()); d != "" || got.Children[0].LogStatus != "complete" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestTheClientLeaves while the model thinks, and while a Prompt works: what was recorded is not made again.
func TestTheClientLeaves(t *testing.T) {
	thinking := make(chan struct{})
	leaves := true
	model := scripts(map[string][]reply{"a": {calls(`c1 weather {"city":"Paris"}`, `c2 writer {"messages":"x"}`), says("done")}, "writer": {says("a poem")}})
	model.wait = func(ctx context.Context, c *chat) {
		if leaves && c.Model == "writer" {
			thinking <- struct{}{}
			<-ctx.Done()
		}
	}
	w := newAgentWorld(t, model, start)
	w.save(t, "prompts", `{"path": "writer", "provider": "openai", "model": "writer"}`)
	w.agent(t, "a", w.link("weather"), w.link("writer"))
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		r := w.request(t, http.MethodPost, "/v5/agents/call", `{"path": "a", "log_id": "left", "messages": [{"role": "user", "content": "go"}], `+keyed+`}`)
		_, err := w.Client().Do(r.WithContext(ctx))
		gone <- err
	}()
	<-thinking
	leave()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("the client that left was told %v", err)
	}
	leaves = false
	status, got := 0, agentAnswer{}
	for range 1000 { // until the turn that was left has ended
		if status, got = w.goOn(t, "left", ""); status != http.StatusConflict {
			break
		}
	}
	if status != http.StatusOK || got.LogStatus != "complete" || *got.Output != "done" {
		t.Errorf("%d %+v", status, got)
	}
	if d := cmp.Diff([]string{"weather: sunny", "writer: a poem"}, got.outputs()); d != "" {
		t.Errorf("children (-want +got):\n%s", d)
	}
}

// agentEvents reads the events of a stream.
func (w *agentWorld) events(t *testing.T, path, body string) (types []string, text string, all []agentEvent) {
	t.Helper()
	a := w.call(t, http.MethodPost, path, body)
	readContract(t).checkAnswer(t, w.server, http.MethodPost, path, a)
	for _, data := range events(a) {
		var e agentEvent
		if err := json.UnmarshalForeign([]byte(data), &e); err != nil {
			t.Fatalf("%v in %s", err, data)
		}
		types, all = append(types, e.Type), append(all, e)
		if e.Payload != nil && e.Payload.Output != nil {
			text += *e.Payload.Output
		}
	}
	return slices.Compact(types), text, all
}

type agentEvent struct {
	Type    string `json:"type"`
	Payload *struct {
		Output *string `json:"output"`
	} `json:"payload"`
	Chunk *struct {
		Output   *string `json:"output"`
		PromptID string  `json:"prompt_id"`
		AgentID  string  `json:"agent_id"`
	} `json:"chunk"`
	Log *agentAnswer `json:"log"`
}

func TestEventsOfAnAgent(t *testing.T) {
	w := newAgentWorld(t, scripts(map[string][]reply{
		"boss":  {calls(`c1 clerk {"messages":"x"}`), calls(`c2 ask {}`), says("all is done")},
		"clerk": {calls(`c1 writer {"messages":"x"}`), says("it is done")}, "writer": {says("a poem")},
	}), start)
	w.save(t, "prompts", `{"path": "writer", "provider": "openai", "model": "writer"}`)
	w.agent(t, "clerk", w.link("writer"))
	w.agent(t, "boss", w.link("clerk"), inlineAsk)
	types, text, all := w.events(t, "/v5/agents/call", `{"path": "boss", "log_id": "boss", "messages": [{"role": "user", "content": "go"}], "stream": true, `+keyed+`}`)
	want := []string{
		"agent_turn_start", "agent_start", "agent_update", "agent_end", "tool_start", "tool_update", "tool_end", "agent_start", "agent_update", "agent_end", "agent_turn_suspend",
	}
	if d := cmp.Diff(want, types); d != "" || text != "" {
		t.Errorf("%q (-want +got):\n%s", text, d)
	}
	var below, said string
	for _, e := range all {
		if e.Chunk != nil && e.Chunk.PromptID != "" {
			below += *e.Chunk.Output
		}
		if e.Chunk != nil && e.Chunk.AgentID != "" {
			said += *e.Chunk.Output
		}
	}
	last := all[len(all)-1]
	if below != "a poem" || said != "it is done" || last.Log.Previous == nil || last.Log.LogStatus != "incomplete" {
		t.Errorf("%q and %q, then %+v", below, said, last)
	}
	types, text, all = w.events(t, "/v5/agents/continue", `{"log_id": "boss", "messages": [{"role": "tool", "tool_call_id": "c2", "content": "x"}], "stream": true, `+keyed+`}`)
	if d := cmp.Diff([]string{"agent_turn_continue", "agent_start", "agent_update", "agent_end", "agent_turn_end"}, types); d != "" || text != "all is done" {
		t.Errorf("%q (-want +got):\n%s", text, d)
	}
	if end := all[len(all)-1]; end.Log.LogStatus != "complete" || *end.Log.Output != text {
		t.Errorf("the last event is %+v", end)
	}
}
