package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
)

var marks = map[string]func(*testing.T, *harness){
	"Marks are the judgments that count":           marksCount,
	"Marks name the datapoints of further Logs":    marksOfFurtherLogs,
	"RunFailures counts failed Logs by reason":     runFailures,
	"EvaluationsOfRun are those that share it":     evaluationsOfRun,
	"Marks of what is not there are not found":     marksOfNothing,
	"IDsOfMarks leaves out what was deleted since": idsOfMarks,
}

// marked is what an Evaluator made of a Run: the ids of Log and datapoint, and the judgment, a line each.
func (s *scene) marked(t *testing.T, runID string, judge *file.Snapshot) string {
	t.Helper()
	all, err := s.Marks(t.Context(), s.evaluation.ID, runID)
	must(t, err)
	list := all[runID][judge.Version.ID]
	slices.SortFunc(list, func(a, b judgment.Mark) int { return cmp.Compare(a.Log, b.Log) })
	var logs, datapoints []int64
	for _, m := range list {
		logs, datapoints = append(logs, m.Log), append(datapoints, m.Datapoint)
	}
	logIDs, datapointIDs, err := s.IDsOfMarks(t.Context(), logs, datapoints)
	must(t, err)
	words := map[string]string{}
	for word, id := range s.datapoint {
		words[id] = word
	}
	out := ""
	for _, m := range list {
		out += fmt.Sprintf("%s of %q: %d %v %s\n", logIDs[m.Log], words[datapointIDs[m.Datapoint]], m.Outcome, m.Number, m.Choice)
	}
	return out
}

func marksCount(t *testing.T, h *harness) {
	s := newScene(t, h)
	other := h.save(t, saveOf(file.EvaluatorKind, "other", "1"))
	_, err := h.AddEvaluators(t.Context(), s.evaluation.ID, []judgment.Evaluator{{VersionID: other.Version.ID}})
	must(t, err)
	stranger := h.save(t, saveOf(file.EvaluatorKind, "stranger", "1"))
	r, second := s.run(t), s.run(t)
	a, b, byHand := s.log(t, "a", r.ID), s.log(t, "b", r.ID), s.log(t, "", r.ID)
	elsewhere := s.log(t, "c", second.ID)
	s.judgedBy(t, &s.judge, a, "1")
	s.judgedBy(t, &s.judge, a, "2.5")
	s.judgedBy(t, &s.judge, byHand, "null")
	s.judgedBy(t, &s.judge, b, `["y","x"]`)
	s.judgedBy(t, &other, a, "!")
	s.judgedBy(t, &stranger, a, "true")
	s.judgedBy(t, &s.judge, elsewhere, "false")
	equal(t, "the first", "log1 of \"a\": 4 2.5 \nlog2 of \"b\": 5 0 [\"x\",\"y\"]\nlog3 of \"\": 0 0 \n", s.marked(t, r.ID, &s.judge))
	equal(t, "the other", "log1 of \"a\": 1 0 \n", s.marked(t, r.ID, &other))
	equal(t, "a stranger", "", s.marked(t, r.ID, &stranger))
	equal(t, "the second Run", "log4 of \"c\": 2 0 \n", s.marked(t, second.ID, &s.judge))
	both, err := h.Marks(t.Context(), s.evaluation.ID, r.ID, second.ID)
	must(t, err)
	equal(t, "both at once", 4, len(both[r.ID][s.judge.Version.ID])+len(both[second.ID][s.judge.Version.ID]))
}

func marksOfFurtherLogs(t *testing.T, h *harness) {
	s := newScene(t, h)
	once, twice := s.run(t), s.run(t)
	s.log(t, "a", once.ID)
	s.log(t, "", once.ID)
	for range 2 {
		for _, word := range []string{"a", "b"} {
			s.judgedBy(t, &s.judge, s.log(t, word, twice.ID), "true")
		}
	}
	equal(t, "the Run", "log3 of \"a\": 3 0 \nlog5 of \"b\": 3 0 \nlog7 of \"a\": 3 0 \nlog9 of \"b\": 3 0 \n", s.marked(t, twice.ID, &s.judge))
	repeated, err := h.Repeated(t.Context(), s.evaluation.ID)
	must(t, err)
	equal(t, "Runs with several Logs of a datapoint", []string{twice.ID}, repeated)
}

func runFailures(t *testing.T, h *harness) {
	s := newScene(t, h)
	r, good := s.run(t), s.run(t)
	s.log(t, "a", good.ID)
	for i, reason := range []errs.Reason{errs.RateLimited, errs.RateLimited, errs.Timeout, "", "none"} {
		l := logOf(&s.prompt, fmt.Sprintf("failed%d", i))
		l.RunID = r.ID
		if reason != "none" {
			l.Error = new("it failed")
		}
		if reason != "none" && reason != "" {
			l.Detail = &errs.Detail{Reason: reason}
		}
		s.append(t, l)
	}
	got, err := h.RunFailures(t.Context(), s.evaluation.ID)
	must(t, err)
	equal(t, "failures", map[string]map[string]int{r.ID: {"rate_limited": 2, "timeout": 1, "": 1}}, got)
}

func evaluationsOfRun(t *testing.T, h *harness) {
	s := newScene(t, h)
	r := s.run(t)
	second := s.evaluate(t, "second", s.judge.Version.ID)
	s.evaluate(t, "third")
	_, err := h.AddRun(t.Context(), second.ID, r.ID)
	must(t, err)
	list, err := h.EvaluationsOfRun(t.Context(), r.ID)
	must(t, err)
	equal(t, "number", 2, len(list))
	equal(t, "ids", []string{second.ID, s.evaluation.ID}, []string{list[0].ID, list[1].ID})
	equal(t, "Evaluators", s.judge.Version.ID, list[0].Evaluators[0].VersionID)
	_, err = h.EvaluationsOfRun(t.Context(), "rn_x")
	is(t, err, errs.RunNotFound)
}

func marksOfNothing(t *testing.T, h *harness) {
	s := newScene(t, h)
	_, err := h.Marks(t.Context(), "evr_x", "rn_x")
	is(t, err, errs.EvaluationNotFound)
	_, err = h.Marks(t.Context(), s.evaluation.ID, "rn_\x00")
	is(t, err, errs.RunNotFound)
	_, err = h.Repeated(t.Context(), "evr_x")
	is(t, err, errs.EvaluationNotFound)
	_, err = h.RunFailures(t.Context(), "evr_x")
	is(t, err, errs.EvaluationNotFound)
	r, err := h.CreateRun(t.Context(), s.evaluation.ID, store.NewRun{})
	must(t, err)
	equal(t, "an empty Run", "", s.marked(t, r.ID, &s.judge))
}

func idsOfMarks(t *testing.T, h *harness) {
	s := newScene(t, h)
	r := s.run(t)
	a, b := s.log(t, "a", r.ID), s.log(t, "b", r.ID)
	s.judgedBy(t, &s.judge, a, "true")
	s.judgedBy(t, &s.judge, b, "true")
	all, err := h.Marks(t.Context(), s.evaluation.ID, r.ID)
	must(t, err)
	_, err = h.DeleteLogs(t.Context(), []string{a})
	must(t, err)
	list := all[r.ID][s.judge.Version.ID]
	slices.SortFunc(list, func(a, b judgment.Mark) int { return cmp.Compare(a.Log, b.Log) })
	logs, datapoints, err := h.IDsOfMarks(t.Context(), []int64{list[0].Log, list[1].Log}, []int64{list[0].Datapoint, list[1].Datapoint, 0})
	must(t, err)
	equal(t, "Logs", map[int64]string{list[1].Log: b}, logs)
	equal(t, "datapoints", map[int64]string{list[0].Datapoint: s.datapoint["a"], list[1].Datapoint: s.datapoint["b"]}, datapoints)
}
