package storetest

import (
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/trace"
)

var judgedLogs = map[string]func(*testing.T, *harness){
	"Logs are filtered by judgments":              logsJudged,
	"Logs are filtered by judgments beside texts": logsJudgedAndSaid,
	"Judgments that cannot be compared":           judgedRefused,
}

// judgedOf selects Logs by a judgment.
func judgedOf(evaluator *file.Snapshot, is trace.Operator, judgment string) trace.Judged {
	return trace.Judged{EvaluatorID: evaluator.File.ID, Is: is, Judgment: json.Value(judgment)}
}

func logsJudged(t *testing.T, h *harness) {
	s := newScene(t, h)
	other, second := h.save(t, saveOf(file.EvaluatorKind, "other", "1")), h.save(t, saveOf(file.EvaluatorKind, "judge", "2"))
	for i, list := range [][]string{{`"bad"`}, {`"bad"`, `"good"`}, {`0.25`}, {`0.75`}, {`true`}, {`["a","bad"]`}, {`"bad"`, `null`}, {`"bad"`, `!`}, {}} {
		id := s.log(t, "", "")
		for k, judgment := range list {
			judge := []*file.Snapshot{&s.judge, &second}[k]
			s.judgedBy(t, judge, id, judgment)
		}
		if i == 0 {
			s.judgedBy(t, &other, id, `"good"`)
		}
	}
	all, _, err := h.Logs(t.Context(), trace.Filter{FileID: s.prompt.File.ID, Page: page(1, 100)})
	must(t, err)
	place := map[string]string{}
	for i, l := range all {
		place[l.ID] = itoa(i)
	}
	for _, c := range []struct {
		name string
		by   []trace.Judged
		want string
	}{
		{"an option, alone or among others", []trace.Judged{judgedOf(&s.judge, trace.Equal, `"bad"`)}, "05"},
		{"another option", []trace.Judged{judgedOf(&s.judge, trace.Unequal, `"bad"`)}, "1234"},
		{"a list", []trace.Judged{judgedOf(&s.judge, trace.Equal, `["bad","a"]`)}, "5"},
		{"less", []trace.Judged{judgedOf(&s.judge, trace.Less, `0.75`)}, "2"},
		{"at most", []trace.Judged{judgedOf(&s.judge, trace.AtMost, `0.75`)}, "23"},
		{"more", []trace.Judged{judgedOf(&s.judge, trace.More, `0.25`)}, "3"},
		{"at least", []trace.Judged{judgedOf(&s.judge, trace.AtLeast, `0.25`)}, "23"},
		{"a number", []trace.Judged{judgedOf(&s.judge, trace.Equal, `0.25`)}, "2"},
		{"a truth", []trace.Judged{judgedOf(&s.judge, trace.Equal, `true`)}, "4"},
		{"two Evaluators", []trace.Judged{judgedOf(&s.judge, trace.Equal, `"bad"`), judgedOf(&other, trace.Equal, `"good"`)}, "0"},
		{"what is no Evaluator", []trace.Judged{judgedOf(&s.prompt, trace.Equal, `"bad"`)}, ""},
	} {
		got, total, err := h.Logs(t.Context(), trace.Filter{FileID: s.prompt.File.ID, Judged: c.by, Page: page(1, 100)})
		must(t, err)
		places := ""
		for _, l := range got {
			places += place[l.ID]
		}
		equal(t, c.name, c.want, places)
		equal(t, c.name+" in number", len(c.want), total)
	}
}

func logsJudgedAndSaid(t *testing.T, h *harness) {
	s := newScene(t, h)
	for _, said := range []string{"apple", "pear", "apple"} {
		s.logs++
		l := logOf(&s.prompt, "log"+itoa(s.logs))
		l.Payload.Output = &said
		h.append(t, l)
		s.judgedBy(t, &s.judge, l.ID, []string{"1", "1", "0"}[s.logs/2])
	}
	f := trace.Filter{FileID: s.prompt.File.ID, Search: "Apple", Judged: []trace.Judged{judgedOf(&s.judge, trace.Equal, `1`)}, Page: page(1, 10)}
	got, _, err := h.Logs(t.Context(), f)
	must(t, err)
	equal(t, "Logs", "log1", logIDs(got))
	f.Search, f.Sample = "", 10
	got, _, err = h.Logs(t.Context(), f)
	must(t, err)
	equal(t, "a sample", "log1 log3", logIDs(got))
}

func judgedRefused(t *testing.T, h *harness) {
	s := newScene(t, h)
	for name, by := range map[string]trace.Judged{
		"an order of texts":   judgedOf(&s.judge, trace.Less, `"bad"`),
		"null":                judgedOf(&s.judge, trace.Equal, `null`),
		"nothing":             judgedOf(&s.judge, trace.Equal, ``),
		"an unknown operator": judgedOf(&s.judge, "~", `1`),
	} {
		_, _, err := h.Logs(t.Context(), trace.Filter{FileID: s.prompt.File.ID, Judged: []trace.Judged{by}, Page: page(1, 10)})
		if !errs.Is(err, errs.ValidationFailed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
