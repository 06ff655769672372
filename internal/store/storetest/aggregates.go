package storetest

import (
	"testing"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

// versionAggregates judges Logs of two versions by two Evaluators. Texts, failures and what was withdrawn have no mean.
func versionAggregates(t *testing.T, h *harness) {
	s := newScene(t, h)
	second, other := h.save(t, prompt("p", "other model")), h.save(t, saveOf(file.EvaluatorKind, "other", "1"))
	logs := []string{s.log(t, "", ""), s.log(t, "", ""), s.log(t, "", ""), s.append(t, logOf(&second, "of the second")).ID}
	for i, judgment := range []string{"true", "false", "null", "true"} {
		s.judgedBy(t, &s.judge, logs[i], judgment)
	}
	s.judgedBy(t, &s.judge, logs[1], "true") // instead
	s.judgedBy(t, &s.judge, logs[0], `"a text"`)
	for i, judgment := range []string{"1.5", "4.5", "!", `"good"`} {
		s.judgedBy(t, &other, logs[i], judgment)
	}
	at := func(id string) store.Aggregate {
		l, err := h.Log(t.Context(), id)
		must(t, err)
		return store.Aggregate{From: l.CreatedAt, To: l.CreatedAt}
	}
	of := func(judge *file.Snapshot, mean float64, first, last string) store.Aggregate {
		return store.Aggregate{EvaluatorID: judge.File.ID, EvaluatorVersionID: judge.Version.ID, Mean: mean, From: at(first).From, To: at(last).To}
	}
	got, err := h.Aggregates(t.Context(), s.prompt.File.ID)
	must(t, err)
	equal(t, "aggregates", map[string][]store.Aggregate{
		s.prompt.Version.ID: {of(&s.judge, 1, logs[1], logs[1]), of(&other, 3, logs[0], logs[1])},
		second.Version.ID:   {of(&s.judge, 1, logs[3], logs[3])},
	}, got)
	got, err = h.Aggregates(t.Context(), "unknown")
	must(t, err)
	equal(t, "aggregates of no File", map[string][]store.Aggregate{}, got)
}
