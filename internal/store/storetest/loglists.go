package storetest

import (
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
)

var logLists = map[string]func(*testing.T, *harness){
	"Logs filters":                    logsFilter,
	"Logs pages":                      logsPage,
	"Logs orders equal times":         logsEqualTimes,
	"Logs searches":                   logsSearch,
	"Logs samples":                    logsSample,
	"Logs counts and lists the same":  logsCountSame,
	"Logs of a File that was deleted": logsOfDeleted,
}

func at(minutes int) time.Time { return epoch.Add(time.Duration(minutes) * time.Minute) }

// diary makes Logs of three versions, each created a minute after the one before.
func (h *harness) diary(t *testing.T) (one, two, tool file.Snapshot) {
	t.Helper()
	one, two = h.save(t, prompt("p", "1")), h.save(t, prompt("p", "2"))
	tool = h.save(t, saveOf(file.ToolKind, "t", "1"))
	for i, l := range []struct {
		version *file.Snapshot
		id      string
		set     func(*trace.Log)
	}{
		{&one, "a1", func(*trace.Log) {}},
		{&one, "b2", func(l *trace.Log) { l.Error = new("reported") }},
		{&two, "a3", func(l *trace.Log) { l.TraceParentID = "a1" }},
		{&two, "A4", func(l *trace.Log) { l.Error, l.Detail = new("e"), &errs.Detail{Reason: errs.Timeout} }},
		{&one, "c5%", func(l *trace.Log) { l.Error, l.Detail = new("e"), &errs.Detail{Reason: errs.RateLimited} }},
		{&tool, "a6", func(*trace.Log) {}},
	} {
		log := logOf(l.version, l.id)
		log.CreatedAt = at(i + 1)
		l.set(log)
		h.append(t, log)
	}
	return one, two, tool
}

func logsFilter(t *testing.T, h *harness) {
	one, two, tool := h.diary(t)
	p := one.File.ID
	for _, c := range []struct {
		name   string
		filter trace.Filter
		want   string
	}{
		{"everything", trace.Filter{}, "a1 b2 a3 A4 c5% a6"},
		{"kind", trace.Filter{Kind: file.ToolKind}, "a6"},
		{"File", trace.Filter{FileID: p}, "a1 b2 a3 A4 c5%"},
		{"File and its kind", trace.Filter{FileID: p, Kind: file.PromptKind}, "a1 b2 a3 A4 c5%"},
		{"File and another kind", trace.Filter{FileID: p, Kind: file.ToolKind}, ""},
		{"File unknown", trace.Filter{FileID: "pr_x\x00"}, ""},
		{"version", trace.Filter{VersionID: two.Version.ID}, "a3 A4"},
		{"File and version", trace.Filter{FileID: p, VersionID: one.Version.ID}, "a1 b2 c5%"},
		{"File and version of another", trace.Filter{FileID: p, VersionID: tool.Version.ID}, ""},
		{"version unknown", trace.Filter{FileID: p, VersionID: "x"}, ""},
		{"part of an id", trace.Filter{IDContains: []string{"a"}}, "a1 a3 a6"},
		{"parts of ids", trace.Filter{IDContains: []string{"2", "A"}}, "b2 A4"},
		{"part with %", trace.Filter{IDContains: []string{"%"}}, "c5%"},
		{"part with U+0000", trace.Filter{IDContains: []string{"\x00"}}, ""},
		{"from", trace.Filter{From: at(5)}, "c5% a6"},
		{"to", trace.Filter{To: at(2)}, "a1 b2"},
		{"from to", trace.Filter{FileID: p, From: at(2), To: at(3).In(time.FixedZone("", 3600))}, "b2 a3"},
		{"in a trace", trace.Filter{InTrace: []bool{true}}, "a1 a3"},
		{"in no trace", trace.Filter{FileID: p, InTrace: []bool{false}}, "b2 A4 c5%"},
		{"in a trace or not", trace.Filter{FileID: p, InTrace: []bool{true, false}}, "a1 b2 a3 A4 c5%"},
		{"reason", trace.Filter{ErrorReason: "timeout"}, "A4"},
		{"any reason", trace.Filter{FileID: p, ErrorReason: "*"}, "b2 A4 c5%"},
		{"reason of none", trace.Filter{FileID: p, ErrorReason: "billing"}, ""},
		{"together", trace.Filter{Kind: file.PromptKind, FileID: p, IDContains: []string{"a", "A"}, From: at(2), ErrorReason: "*"}, "A4"},
		{"newest first", trace.Filter{FileID: p, Newest: true}, "c5% A4 a3 b2 a1"},
	} {
		c.filter.Page = page(1, 100)
		got, total, err := h.Logs(t.Context(), c.filter)
		must(t, err)
		equal(t, c.name, c.want, logIDs(got))
		equal(t, c.name+" in number", len(got), total)
	}
}

func logsPage(t *testing.T, h *harness) {
	one, _, _ := h.diary(t)
	for _, search := range []string{"", "in all"} {
		for _, c := range []struct {
			number, size int
			want         string
		}{
			{1, 2, "c5% A4"},
			{2, 2, "a3 b2"},
			{3, 2, "a1"},
			{4, 2, ""},
			{1_000_000, 100, ""},
			{1, 0, ""},
			{0, 1, "c5%"},
		} {
			f := trace.Filter{FileID: one.File.ID, Newest: true, Page: page(c.number, c.size)}
			if search != "" {
				f.Sample = 1000 // takes the other way
			}
			got, total, err := h.Logs(t.Context(), f)
			must(t, err)
			equal(t, "page", c.want, logIDs(got))
			equal(t, "total", 5, total)
		}
	}
}

func logsEqualTimes(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	for i := range 5 {
		l := logOf(&p, itoa(i))
		l.CreatedAt = epoch
		h.append(t, l)
	}
	oldest, _, err := h.Logs(t.Context(), trace.Filter{FileID: p.File.ID, Page: page(1, 5)})
	must(t, err)
	newest, _, err := h.Logs(t.Context(), trace.Filter{FileID: p.File.ID, Newest: true, Page: page(2, 2)})
	must(t, err)
	equal(t, "order", [2]string{"0 1 2 3 4", "2 1"}, [2]string{logIDs(oldest), logIDs(newest)})
}

func logsSearch(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	for id, l := range map[string]trace.Log{
		"inputs":   {Payload: trace.Payload{Inputs: json.Value(`{"Question":"Wie grüßt man in ÖSTERREICH?"}`)}},
		"escaped":  {Payload: trace.Payload{Inputs: json.Value(`{"q":"gr\u00FC\u00df dich, \"du\"\n100%"}`)}},
		"output":   {Payload: trace.Payload{Output: new("The Answer\x00 is 42_%")}},
		"message":  {Payload: trace.Payload{OutputMessage: &llm.Message{Content: llm.Parts(llm.Part{Type: llm.TextPart, Text: "In Parts"})}}},
		"metadata": {Metadata: json.Value(`{"Team":"Blau \u00DC"}`), Payload: trace.Payload{Output: new("x")}},
		"broken":   {Payload: trace.Payload{Inputs: json.Value(`{"q": "\x`)}},
		"messages": {Payload: trace.Payload{Messages: []llm.Message{{Content: llm.Text("not searched: answer")}}}},
	} {
		l.ID, l.FileID, l.VersionID = id, p.File.ID, p.Version.ID
		l.CreatedAt = at(len(id)*100 + int(id[1])) // some order
		h.append(t, &l)
	}
	for _, c := range []struct{ text, metadata, want string }{
		{"österreich", "", "inputs"},
		{"GRÜSS", "", ""}, // ß and ss are different letters
		{"grüß", "", "inputs escaped"},
		{"question", "", "inputs"},
		{"\"du\"\n", "", "escaped"},
		{"100%", "", "escaped"},
		{"%", "", "output escaped"},
		{"answer\x00", "", "output"},
		{"in part", "", "message"},
		{"", "blau ü", "metadata"},
		{"", "team", "metadata"},
		{"x", "blau", "metadata"},
		{"y", "blau", ""},
		{"blau", "", ""},
	} {
		got, total, err := h.Logs(t.Context(), trace.Filter{FileID: p.File.ID, Search: c.text, MetadataSearch: c.metadata, Page: page(1, 10)})
		must(t, err)
		equal(t, c.text+" "+c.metadata, c.want, logIDs(got))
		equal(t, "total", len(got), total)
	}
}

func logsSample(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	for i := range 60 {
		l := logOf(&p, itoa(i))
		l.CreatedAt = at(i)
		h.append(t, l)
	}
	f := trace.Filter{FileID: p.File.ID, Sample: 20, Page: page(1, 100)}
	all, total, err := h.Logs(t.Context(), f)
	must(t, err)
	equal(t, "sample and total", [2]int{20, 20}, [2]int{len(all), total})
	var paged []*trace.Log
	for n := range 4 {
		f.Page = page(n+1, 7)
		part, _, err := h.Logs(t.Context(), f)
		must(t, err)
		paged = append(paged, part...)
	}
	equal(t, "pages of the sample", logIDs(all), logIDs(paged))
	halves := [2]int{}
	for i, l := range all {
		if i > 0 && !l.CreatedAt.After(all[i-1].CreatedAt) {
			t.Errorf("%s is out of order", l.ID)
		}
		if l.CreatedAt.Before(at(30)) {
			halves[0]++
		} else {
			halves[1]++
		}
	}
	if min(halves[0], halves[1]) < 3 {
		t.Errorf("the sample has %d Logs of the older half, %d of the newer", halves[0], halves[1])
	}
}

func logsCountSame(t *testing.T, h *harness) {
	one, _, _ := h.diary(t)
	for size := range 4 {
		byRollup, total, err := h.Logs(t.Context(), trace.Filter{FileID: one.File.ID, Page: page(1, size)})
		must(t, err)
		byCount, counted, err := h.Logs(t.Context(), trace.Filter{FileID: one.File.ID, To: at(1000), Page: page(1, size)})
		must(t, err)
		equal(t, "Logs", byCount, byRollup)
		equal(t, "total", counted, total)
	}
}

// logsOfDeleted are listed, unless the filter demands the File. Fault D4: that is asked once, where the File is read anyway.
func logsOfDeleted(t *testing.T, h *harness) {
	one, _, _ := h.diary(t)
	must(t, h.DeleteFile(t.Context(), file.PromptKind, one.File.ID))
	got, total, err := h.Logs(t.Context(), trace.Filter{FileID: one.File.ID, Page: page(1, 10)})
	must(t, err)
	equal(t, "Logs", "a1 b2 a3 A4 c5%", logIDs(got))
	equal(t, "total", 5, total)
	for _, id := range []string{one.File.ID, "pr_x"} {
		_, _, err = h.Logs(t.Context(), trace.Filter{FileID: id, FileExists: true, Page: page(1, 10)})
		is(t, err, errs.FileNotFound)
	}
}
