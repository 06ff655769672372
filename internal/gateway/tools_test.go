package gateway_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/trace"
)

// withTools saves a snippet and a mock, and returns the call of a Prompt whose template calls Tools.
func withTools(t *testing.T, db *store.DB, template string) *gateway.CallInput {
	t.Helper()
	files := catalog.New(db, time.Now)
	for path, tool := range map[string]*file.Tool{
		"lib/texts": {Type: file.SnippetTool, SetupValues: json.Value(`{"greeting": "Good day", "braces": "{{name}}"}`)},
		"lib/echo":  {Type: file.MockTool, Function: &llm.Tool{Name: "echo", Parameters: json.Value(`{"type": "object", "properties": {"b": {}, "a": {}}}`)}},
		"one/same":  {Type: file.MockTool}, "two/same": {Type: file.MockTool}, "lib/client": {Function: &llm.Tool{Name: "c"}},
	} {
		if _, err := files.Save(t.Context(), catalog.Draft{Ref: file.Ref{Path: path}, Content: tool}); err != nil {
			t.Fatal(err)
		}
	}
	return &gateway.CallInput{
		Ref: file.Ref{Path: "p"}, Inputs: json.Value(`{"name": "Ada", "who": {"list": [1, 2.50]}}`),
		Prompt: &file.Prompt{Model: "m", Provider: "openai", Template: &file.PromptTemplate{Messages: []llm.Message{{Role: llm.User, Content: llm.Text(template)}}}},
	}
}

// TestATemplateCallsTools states what stands for a call of a Tool.
func TestATemplateCallsTools(t *testing.T) {
	for template, want := range map[string]string{
		`{{ texts("greeting") }}, {{name}}! {{ texts("greeting") }}`: "Good day, Ada! Good day",
		`{{ echo(who, "x, y") }}`:                                    `{"b":{"list":[1,2.50]},"a":"x, y"}`,
		`{{ echo(who.list[1], -3.5) }}`:                              `{"b":2.50,"a":-3.5}`,
		`{{ texts("braces") }}`:                                      "{{name}}",
		`{{ echo(who) }}{{ echo("1") }}`:                             `{"b":{"list":[1,2.50]}}{"b":"1"}`,
	} {
		g, db, _ := open(t, func(context.Context, int) iter.Seq2[llm.Event, error] { return say(nil, "yes") })
		got, err := g.Call(t.Context(), withTools(t, db, template))
		if err != nil {
			t.Errorf("%s: %v", template, err)
			continue
		}
		if d := cmp.Diff(want, got.Call.Messages[0].Content.String()); d != "" {
			t.Errorf("%s (-want +got):\n%s", template, d)
		}
	}
}

// TestToolsThatATemplateCannotCall states the failures, after which no model is asked. The call has a Log, and the Tools that ran are below it.
func TestToolsThatATemplateCannotCall(t *testing.T) {
	var many strings.Builder
	for i := range 33 {
		fmt.Fprintf(&many, "{{ texts(%d) }}", i)
	}
	for template, want := range map[string]string{
		`{{ texts("none") }}`:                   "The template calls the Tool `lib/texts`, which failed: The snippet has no key \"none\". Its keys: greeting, braces.",
		many.String():                           "The template calls Tools 33 times, and may call them 32 times.",
		`{{ unknown("x") }}`:                    "The template calls the Tool `unknown`, which does not exist.",
		`{{ same("x") }}`:                       "The template calls the Tool `same`, and there are several: one/same, two/same. Link the one that is meant.",
		`{{ client("x") }}`:                     "The template calls the Tool `client` with 1 arguments, and its parameters are 0.",
		`{{ echo(name, name, name) }}`:          "The template calls the Tool `echo` with 3 arguments, and its parameters are 2.",
		`{{ texts("greeting", "more") }}`:       "The template calls the Tool `texts` with 2 arguments, and its parameters are 1.",
		`{{ texts("greeting") }}{{ texts(7) }}`: "The template calls the Tool `lib/texts`, which failed: The input `key` of a snippet is a text.",
	} {
		g, db, _ := open(t, func(context.Context, int) iter.Seq2[llm.Event, error] {
			t.Errorf("%s: a model was asked", template)
			return say(nil)
		})
		in := withTools(t, db, template)
		in.Log.ID = "call"
		_, err := g.Call(t.Context(), in)
		if e := errs.From(err); !errs.Is(err, errs.ToolFailed) || e.Message != want || e.LogID != "call" {
			t.Errorf("%s: got %v", template, err)
		}
		log, err := db.Log(t.Context(), "call")
		if err != nil || *log.Error != want || log.TraceID != "call" {
			t.Errorf("%s: the Log is %+v, %v", template, log, err)
		}
	}
}

// TestCallsOfToolsAreBelowTheCall compares the trace of a call, and of one that is itself in a trace.
func TestCallsOfToolsAreBelowTheCall(t *testing.T) {
	g, db, _ := open(t, func(context.Context, int) iter.Seq2[llm.Event, error] { return say(nil, "yes") })
	in := withTools(t, db, `{{ texts("greeting") }} {{ echo(name) }}`)
	in.Log, in.Samples = trace.Log{ID: "root", Source: "test"}, 2
	root, err := g.Call(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	in.Log, in.Samples = trace.Log{ID: "below", TraceParentID: "root", PayloadDropped: true}, 1
	if _, err := g.Call(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if other := root.Logs[1]; other.TraceID != "" || other.ID == "root" {
		t.Errorf("the second sample is %+v", other)
	}
	below, err := db.Children(t.Context(), []string{"root", "below"})
	if err != nil {
		t.Fatal(err)
	}
	type child struct {
		Kind                   file.Kind
		Trace, Source, Payload string
	}
	got := map[string]map[child]int{"root": {}, "below": {}}
	for parent, children := range below {
		for _, l := range children {
			c := child{Kind: l.Kind, Trace: l.TraceID, Source: l.Source, Payload: string(l.Payload.Inputs)}
			got[parent][c]++
		}
	}
	want := map[string]map[child]int{
		"root": {
			{file.ToolKind, "root", "test", `{"key":"greeting"}`}: 1, {file.ToolKind, "root", "test", `{"b":"Ada"}`}: 1, {file.PromptKind, "root", "", ""}: 1,
		},
		"below": {{file.ToolKind, "root", "", ""}: 2},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestALinkedToolComesFirst links one of two Tools with the same name, and another by the name of its function.
func TestALinkedToolComesFirst(t *testing.T) {
	g, db, _ := open(t, func(context.Context, int) iter.Seq2[llm.Event, error] { return say(nil, "yes") })
	in := withTools(t, db, `{{ same("x") }} {{ speak("y") }}`)
	files := catalog.New(db, time.Now)
	for path, name := range map[string]string{"three/same": "said", "lib/voice": "speak"} {
		snap, err := files.Save(t.Context(), catalog.Draft{Ref: file.Ref{Path: path}, Content: &file.Tool{
			Type: file.MockTool, Function: &llm.Tool{Name: name, Parameters: json.Value(`{"properties": {"` + name + `": {}}}`)},
		}})
		if err != nil {
			t.Fatal(err)
		}
		in.Prompt.LinkedTools = append(in.Prompt.LinkedTools, snap.File.ID)
	}
	got, err := g.Call(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if text := got.Call.Messages[0].Content.String(); text != `{"said":"x"} {"speak":"y"}` {
		t.Errorf("got %s", text)
	}
}

// TestRidersGoWithTheLog states that what commits with the Log of a call does so too if no model was asked, because a Tool failed.
func TestRidersGoWithTheLog(t *testing.T) {
	for _, template := range []string{"Hello", `{{ texts("none") }}`} {
		g, db, _ := open(t, func(context.Context, int) iter.Seq2[llm.Event, error] { return say(nil, "yes") })
		in := withTools(t, db, template)
		in.Riders = []*store.Rider{{Needs: []logs.Need{{
			Query: `SELECT seq FROM task WHERE seq = $1`, Args: []any{int64(1)}, Missing: errs.New(errs.Conflict, "The task is gone."),
		}}}}
		if _, err := g.Call(t.Context(), in); !errs.Is(err, errs.Conflict) {
			t.Errorf("%s: %v, although a rider cannot commit", template, err)
		}
	}
}
