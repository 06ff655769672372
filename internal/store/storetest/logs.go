package storetest

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
)

var logCases = map[string]func(*testing.T, *harness){
	"Log keeps everything":                    logKeepsEverything,
	"Log keeps payloads byte for byte":        logKeepsBytes,
	"Log with a large payload":                logLarge,
	"Log without payload":                     logWithoutPayload,
	"Log that keeps no payload":               logDropsPayload,
	"Log has times in UTC with microseconds":  logTimes,
	"Log id of any form":                      logAnyID,
	"AppendLog refuses":                       appendRefuses,
	"AppendLog of one id at once":             appendSameID,
	"AppendLog with a context that ended":     appendEnded,
	"Logs of a trace":                         tracesJoin,
	"Logs of a trace, sent at once":           tracesAtOnce,
	"EvaluatorLogs by the judged Log":         evaluatorLogs,
	"UpdateLog changes":                       updateChanges,
	"UpdateLog keeps what identifies":         updateKeepsIdentity,
	"UpdateLog refuses":                       updateRefuses,
	"UpdateLog at once loses none":            updateAtOnce,
	"DeleteLogs":                              deleteLogs,
	"DeleteLogs at once counts each Log once": deleteAtOnce,
	"Counts are exact after much at once":     countsExact,
}

// full is a Log with all that the API can say, and some that it cannot yet.
func full(s *file.Snapshot, id string) *trace.Log {
	l := logOf(s, id)
	l.CreatedAt, l.StartTime, l.EndTime = epoch.Add(time.Hour), epoch.Add(-time.Second), epoch.Add(time.Microsecond)
	l.Status, l.Error = trace.Incomplete, new("it failed\x00")
	l.Detail = &errs.Detail{
		Type: "t", Message: "m", Code: 429, Origin: "OpenAI", Reason: errs.RateLimited, Retryable: true, RetryAfter: 1.5, DocURL: "/d",
		Errors: []errs.Violation{{Loc: []any{"x"}, Message: "wrong"}}, Attempts: []errs.Attempt{{Provider: "openai", Milliseconds: 3}},
	}
	l.Provider, l.Model, l.FinishReason = "openai", "gpt", "stop"
	l.Usage = llm.Usage{Input: 1, CachedInput: 2, CacheWrite: 3, Output: 4, Reasoning: 5, Known: true, Raw: json.Value(`{"a": 1}`)}
	l.PromptTokens, l.OutputTokens, l.ReasonTokens = new(int64(0)), new(int64(1<<62)), new(int64(-1))
	l.PromptCost, l.OutputCost, l.Latency = new(0.0), new(0.1+0.2), new(1e-9)
	l.SampleIndex, l.Source, l.User, l.Environment = 3, "sdk", "ü\x00", "label"
	l.DatapointID, l.SessionID, l.CreatedBy, l.MarkedCompleted = "dp", "sesh", "key", true
	l.Metadata = json.Value(`{ "team" : ["a", null] }`)
	l.Payload = trace.Payload{
		Inputs: json.Value(`{"q":"\u0000 ü"}`),
		Messages: []llm.Message{
			{Role: llm.System, Content: llm.Text("")},
			{Role: llm.User, Name: "n", Content: llm.Parts(llm.Part{Type: llm.TextPart, Text: "see"}, llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "u", Detail: "low"}})},
			{
				Role: llm.Assistant, ToolCalls: []llm.ToolCall{{ID: "c", Type: "function", Function: llm.FunctionCall{Name: "f", Arguments: "{"}, Signature: "s"}},
				Thinking: []llm.Thinking{{Type: llm.ThinkingBlock, Thinking: "hm", Signature: "s"}, {Type: llm.RedactedThinkingBlock, Data: "d"}},
			},
			{Role: llm.ToolRole, ToolCallID: "c", Content: llm.Content{Parts: []llm.Part{}, Set: true}},
		},
		ToolChoice: &llm.ToolChoice{Mode: llm.ToolsFunction, Function: "f"},
		Output:     new(""), OutputMessage: &llm.Message{Role: llm.Assistant, Content: llm.Text("out \u0000")}, Stdout: new("printed"),
		LogProbs: json.Value(`[]`), Judgment: json.Value(`0.5`), ProviderRequest: json.Value(`{"r":1}`), ProviderResponse: json.Value(`"text"`),
	}
	return l
}

func logKeepsEverything(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	l := h.append(t, full(&p, "log_1"))
	got, err := h.Log(t.Context(), "log_1")
	must(t, err)
	equal(t, "Log", l, got)
	if l.UpdatedAt.IsZero() {
		t.Error("AppendLog set no UpdatedAt")
	}
	yes, err := h.LogExists(t.Context(), "log_1")
	must(t, err)
	no, err := h.LogExists(t.Context(), "log_\x00")
	must(t, err)
	_, err = h.Log(t.Context(), "log_2")
	says(t, err, errs.LogNotFound, "Log `log_2` does not exist.")
	equal(t, "existence", [2]bool{true, false}, [2]bool{yes, no})
}

// nested is a JSON list nested n deep.
func nested(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

func logKeepsBytes(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	for i, raw := range []string{
		`{"a" : 1,  "a":2}`, `{"n":123456789012345678901234567890.123e-400}`, `{"s":"\u0000\ud800\u00FC ü"}`, "{\"s\":\"\xff\"}", nested(9000), `{}`, ` null `,
	} {
		l := logOf(&p, itoa(i))
		l.Payload.Inputs, l.Payload.ProviderResponse, l.Metadata, l.Payload.Output = json.Value(raw), json.Value(raw), json.Value(raw), &raw
		h.append(t, l)
		got, err := h.Log(t.Context(), l.ID)
		must(t, err)
		equal(t, raw[:min(len(raw), 40)], l, got)
	}
}

func logLarge(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	l := logOf(&p, "1")
	l.Payload.Output = new(strings.Repeat("abcdefgh", 1<<18))
	h.append(t, l)
	got, err := h.Log(t.Context(), "1")
	must(t, err)
	if *got.Payload.Output != *l.Payload.Output {
		t.Error("a payload of 2 MiB came back changed")
	}
}

func logWithoutPayload(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	l := h.append(t, logOf(&p, "1"))
	got, err := h.Log(t.Context(), "1")
	must(t, err)
	equal(t, "Log", l, got)
}

func logDropsPayload(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	l := full(&p, "1")
	l.PayloadDropped = true
	h.append(t, l)
	want := *l
	want.Payload = trace.Payload{Judgment: l.Payload.Judgment}
	got, err := h.Log(t.Context(), "1")
	must(t, err)
	equal(t, "Log", &want, got)
	updated, err := h.UpdateLog(t.Context(), "1", func(l *trace.Log) error {
		l.Payload.Output, l.User = new("kept?"), "u"
		return nil
	})
	must(t, err)
	want.User, want.UpdatedAt = "u", updated.UpdatedAt
	equal(t, "updated Log", &want, updated)
	got, err = h.Log(t.Context(), "1")
	must(t, err)
	equal(t, "stored Log", &want, got)
}

func logTimes(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	l := logOf(&p, "1")
	zone := time.FixedZone("east", 3600*5)
	l.CreatedAt = time.Date(1969, 7, 20, 20, 17, 40, 123456789, zone)
	l.StartTime = time.Date(2300, 1, 1, 0, 0, 0, 999, zone)
	h.append(t, l)
	got, err := h.Log(t.Context(), "1")
	must(t, err)
	equal(t, "created", "1969-07-20 15:17:40.123456 +0000 UTC", got.CreatedAt.String())
	equal(t, "started", "2299-12-31 19:00:00 +0000 UTC", got.StartTime.String())
	equal(t, "ended", true, got.EndTime.IsZero())
}

func logAnyID(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	for _, id := range []string{"a/b?c#d e", "ü😀", "LOG", "log", "'; DROP TABLE log; --", strings.Repeat("x", 1000)} {
		h.appendMany(t, &p, id)
		got, err := h.Log(t.Context(), id)
		must(t, err)
		equal(t, "id", id, got.ID)
	}
}

func appendRefuses(t *testing.T, h *harness) {
	p, q := h.save(t, prompt("p", "m")), h.save(t, prompt("q", "m"))
	try := func(change func(*trace.Log)) error {
		l := logOf(&p, newLogID())
		change(l)
		return h.AppendLog(t.Context(), l)
	}
	h.appendMany(t, &p, "taken")
	says(t, try(func(l *trace.Log) { l.ID = "taken" }), errs.AlreadyExists, "A Log with the id `taken` exists already.")
	is(t, try(func(l *trace.Log) { l.ID = "" }), errs.ValidationFailed)
	is(t, try(func(l *trace.Log) { l.ID = "a\x00" }), errs.ValidationFailed)
	is(t, try(func(l *trace.Log) { l.ID = "a\xff" }), errs.ValidationFailed)
	is(t, try(func(l *trace.Log) { l.VersionID = "prv_x" }), errs.VersionNotFound)
	is(t, try(func(l *trace.Log) { l.VersionID = q.Version.ID }), errs.VersionNotFound)
	is(t, try(func(l *trace.Log) { l.FileID = "\x00" }), errs.VersionNotFound)
	says(t, try(func(l *trace.Log) { l.TraceParentID = "log_x" }), errs.LogNotFound, "Log `log_x` does not exist.")
	is(t, try(func(l *trace.Log) { l.TraceParentID = "\x00" }), errs.LogNotFound)
	_, total, err := h.Logs(t.Context(), trace.Filter{FileID: p.File.ID})
	must(t, err)
	equal(t, "Logs", 1, total)
}

func appendSameID(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	var stored, refused, others atomic.Int32
	atOnce(64, func(i int) {
		l := logOf(&p, "same")
		if i%2 == 0 {
			l.ID = "own_" + itoa(i)
		}
		switch err := h.AppendLog(t.Context(), l); {
		case err == nil && i%2 == 0:
			others.Add(1)
		case err == nil:
			stored.Add(1)
		case errs.Is(err, errs.AlreadyExists):
			refused.Add(1)
		default:
			t.Error(err)
		}
	})
	equal(t, "stored, refused, others", [3]int32{1, 31, 32}, [3]int32{stored.Load(), refused.Load(), others.Load()})
	equal(t, "counted", [2]int64{33, 33}, h.counts(t, &p))
}

// counts are the numbers of Logs of a version's File and of the version.
func (h *harness) counts(t *testing.T, s *file.Snapshot) [2]int64 {
	t.Helper()
	got, err := h.VersionsByID(t.Context(), []string{s.Version.ID})
	must(t, err)
	now := got[s.Version.ID]
	return [2]int64{now.File.LogsCount, now.Version.LogsCount}
}

func appendEnded(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for i := range 20 {
		err := h.AppendLog(ctx, logOf(&p, itoa(i)))
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	h.appendMany(t, &p, "after")
}

func tracesJoin(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	child := func(id, parent string) *trace.Log {
		l := logOf(&p, id)
		l.TraceParentID = parent
		return h.append(t, l)
	}
	root := h.append(t, logOf(&p, "root"))
	h.append(t, logOf(&p, "alone"))
	one := child("one", "root")
	grandchild := child("grandchild", "one")
	two := child("two", "root")
	is(t, h.AppendLog(t.Context(), &trace.Log{ID: "two", FileID: p.File.ID, VersionID: p.Version.ID, TraceParentID: "alone"}), errs.AlreadyExists)

	traces := map[string]string{}
	for _, id := range []string{"root", "alone", "one", "grandchild", "two"} {
		l, err := h.Log(t.Context(), id)
		must(t, err)
		traces[id] = l.TraceID
	}
	equal(t, "traces", map[string]string{"root": "root", "alone": "", "one": "root", "grandchild": "root", "two": "root"}, traces)
	equal(t, "trace set on the Log", "root", grandchild.TraceID)
	equal(t, "a root without children", "", root.TraceID)

	children, err := h.Children(t.Context(), []string{"root", "one", "two", "unknown"})
	must(t, err)
	equal(t, "children", map[string][]*trace.Log{"root": {one, two}, "one": {grandchild}}, children)
}

func evaluatorLogs(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	judge := h.save(t, saveOf(file.EvaluatorKind, "e", "m"))
	h.appendMany(t, &p, "one", "two", "three")
	judged := func(id, parent string, minute int) *trace.Log {
		l := logOf(&judge, id)
		l.ParentID, l.CreatedAt = parent, at(minute)
		return h.append(t, l)
	}
	late := judged("late", "one", 2)
	early := judged("early", "one", 1)
	other := judged("other", "two", 3)
	judged("unasked", "three", 4)
	got, err := h.EvaluatorLogs(t.Context(), []string{"one", "two", "late", "unknown\x00"})
	must(t, err)
	equal(t, "Evaluator Logs", map[string][]*trace.Log{"one": {early, late}, "two": {other}}, got)
}

func tracesAtOnce(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	h.appendMany(t, &p, "a", "b")
	atOnce(60, func(i int) {
		l := logOf(&p, itoa(i))
		l.TraceParentID = []string{"a", "b", "nobody"}[i%3]
		err := h.AppendLog(t.Context(), l)
		if i%3 == 2 {
			is(t, err, errs.LogNotFound)
		} else if err != nil || l.TraceID != l.TraceParentID {
			t.Errorf("trace %q of parent %q: %v", l.TraceID, l.TraceParentID, err)
		}
	})
	_, total, err := h.Logs(t.Context(), trace.Filter{FileID: p.File.ID, InTrace: []bool{true}})
	must(t, err)
	equal(t, "Logs in traces", 42, total)
	equal(t, "counted", [2]int64{42, 42}, h.counts(t, &p))
}

func updateChanges(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	before := h.append(t, logOf(&p, "1"))
	updated, err := h.UpdateLog(t.Context(), "1", func(l *trace.Log) error {
		want := full(&p, "1")
		want.CreatedAt, want.UpdatedAt = l.CreatedAt, l.UpdatedAt
		*l = *want
		return nil
	})
	must(t, err)
	if !updated.UpdatedAt.After(before.UpdatedAt) {
		t.Errorf("updated at %v, appended at %v", updated.UpdatedAt, before.UpdatedAt)
	}
	got, err := h.Log(t.Context(), "1")
	must(t, err)
	equal(t, "Log", updated, got)
	failed, _, err := h.Logs(t.Context(), trace.Filter{FileID: p.File.ID, ErrorReason: string(errs.RateLimited), Page: page(1, 10)})
	must(t, err)
	equal(t, "found by its reason", "1", logIDs(failed))

	_, err = h.UpdateLog(t.Context(), "1", func(l *trace.Log) error {
		l.Error, l.Detail, l.Payload = nil, nil, trace.Payload{}
		return nil
	})
	must(t, err)
	got, err = h.Log(t.Context(), "1")
	must(t, err)
	equal(t, "payload", trace.Payload{}, got.Payload)
	_, total, err := h.Logs(t.Context(), trace.Filter{FileID: p.File.ID, ErrorReason: "*"})
	must(t, err)
	equal(t, "failed Logs", 0, total)
}

func updateKeepsIdentity(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	h.appendMany(t, &p, "root")
	l := logOf(&p, "1")
	l.TraceParentID, l.ParentID = "root", "root"
	h.append(t, l)
	_, err := h.UpdateLog(t.Context(), "1", func(l *trace.Log) error {
		*l = trace.Log{ID: "2", Kind: file.ToolKind, FileID: "f", VersionID: "v", TraceID: "t", TraceParentID: "tp", ParentID: "p"}
		return nil
	})
	must(t, err)
	got, err := h.Log(t.Context(), "1")
	must(t, err)
	got.UpdatedAt = l.UpdatedAt
	equal(t, "Log", l, got)
}

func updateRefuses(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	l := h.append(t, logOf(&p, "1"))
	refusal := errs.New(errs.IllegalState, "The Log is complete.")
	_, err := h.UpdateLog(t.Context(), "1", func(l *trace.Log) error {
		l.User = "changed"
		return refusal
	})
	if !errors.Is(err, refusal) {
		t.Errorf("error is %v, want that of the change", err)
	}
	got, err := h.Log(t.Context(), "1")
	must(t, err)
	equal(t, "Log", l, got)
	_, err = h.UpdateLog(t.Context(), "2", func(*trace.Log) error { return nil })
	is(t, err, errs.LogNotFound)
}

func updateAtOnce(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	h.appendMany(t, &p, "1")
	atOnce(40, func(int) {
		_, err := h.UpdateLog(t.Context(), "1", func(l *trace.Log) error {
			l.SampleIndex++
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	got, err := h.Log(t.Context(), "1")
	must(t, err)
	equal(t, "updates", 40, got.SampleIndex)
}

func deleteLogs(t *testing.T, h *harness) {
	p, q := h.save(t, prompt("p", "m")), h.save(t, prompt("p", "n"))
	h.appendMany(t, &p, "1", "2", "3")
	h.appendMany(t, &q, "4")
	ids := []string{"1", "4", "4", "unknown", "nul\x00", ""}
	for i := range 2500 {
		ids = append(ids, "many_"+itoa(i))
	}
	n, err := h.DeleteLogs(t.Context(), ids)
	must(t, err)
	equal(t, "deleted", 2, n)
	equal(t, "counts", [][2]int64{{2, 2}, {2, 0}}, [][2]int64{h.counts(t, &p), h.counts(t, &q)})
	_, err = h.Log(t.Context(), "1")
	is(t, err, errs.LogNotFound)
	n, err = h.DeleteLogs(t.Context(), nil)
	must(t, err)
	equal(t, "deleted", 0, n)
	h.appendMany(t, &p, "1") // its id is free again
}

func deleteAtOnce(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	for i := range 20 {
		h.appendMany(t, &p, itoa(i))
	}
	var deleted atomic.Int64
	atOnce(8, func(i int) {
		for k := range 20 {
			n, err := h.DeleteLogs(t.Context(), []string{itoa((k + 3*i) % 20)})
			if err != nil {
				t.Error(err)
			}
			deleted.Add(int64(n))
		}
	})
	equal(t, "deleted", 20, deleted.Load())
	equal(t, "counts", [2]int64{0, 0}, h.counts(t, &p))
}

func countsExact(t *testing.T, h *harness) {
	versions := []file.Snapshot{h.save(t, prompt("p", "1")), h.save(t, prompt("p", "2")), h.save(t, prompt("q", "1"))}
	atOnce(32, func(i int) {
		for k := range 10 {
			id := itoa(i) + "_" + itoa(k)
			if err := h.AppendLog(t.Context(), logOf(&versions[(i+k)%3], id)); err != nil {
				t.Error(err)
			}
			if k%5 == 0 {
				if n, err := h.DeleteLogs(t.Context(), []string{id}); n != 1 || err != nil {
					t.Errorf("deleted %d, %v", n, err)
				}
			}
		}
	})
	sums := [3]int64{}
	for i, v := range versions {
		_, total, err := h.Logs(t.Context(), trace.Filter{VersionID: v.Version.ID, InTrace: []bool{false}})
		must(t, err)
		sums[i] = int64(total) // counted, not from the rollups
	}
	equal(t, "Logs", 32*8, sums[0]+sums[1]+sums[2])
	equal(t, "counts", [][2]int64{{sums[0] + sums[1], sums[0]}, {sums[0] + sums[1], sums[1]}, {sums[2], sums[2]}},
		[][2]int64{h.counts(t, &versions[0]), h.counts(t, &versions[1]), h.counts(t, &versions[2])})
	snap, err := h.Snapshot(t.Context(), file.PromptKind, file.Ref{Path: "q"})
	must(t, err)
	equal(t, "snapshot's count", sums[2], snap.Version.LogsCount)
}
