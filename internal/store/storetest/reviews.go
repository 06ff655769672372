package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

var reviews = map[string]func(*testing.T, *harness){
	"Review gives each Log to one person":               reviewOnce,
	"Review holds Logs for a while":                     reviewHolds,
	"Review gives a Log to as many people as are asked": reviewSeveral,
	"Review by Evaluator and Run":                       reviewScope,
	"Review leaves out what need not be judged":         reviewLeavesOut,
	"Review gives many people at once different Logs":   reviewAtOnce,
	"Review of Evaluations that share a Log":            reviewShared,
	"Review refuses":                                    reviewRefuses,
	"A Run waits for several people":                    reviewsOfRun,
	"A Run tells what people and clients are to do":     waitingCounts,
}

// human is an Evaluator by which people judge.
func human(path, version string) store.Save {
	content := json.Value(fmt.Sprintf(`{"evaluator_type":"human","model":%q}`, version))
	return store.Save{Kind: file.EvaluatorKind, Path: path, Content: content, Hash: file.Hash(file.EvaluatorKind, content)}
}

// reviewed is a scene with an Evaluation by a human Evaluator, and a Run with a Log for each datapoint.
type reviewed struct {
	*scene
	tone    file.Snapshot
	run     *judgment.Run
	logs    []string // of the datapoints a, b and c
	byLogID map[string]string
}

func newReviewed(t *testing.T, h *harness, people int) *reviewed {
	t.Helper()
	s := &reviewed{scene: newScene(t, h), byLogID: map[string]string{}}
	s.tone = h.save(t, human("tone", "1"))
	s.evaluation = &judgment.Evaluation{FileID: s.prompt.File.ID, Evaluators: []judgment.Evaluator{{VersionID: s.tone.Version.ID}}, ReviewsPerLog: people}
	must(t, s.CreateEvaluation(t.Context(), s.evaluation))
	s.run = s.scene.run(t)
	for _, word := range []string{"a", "b", "c"} {
		id := s.log(t, word, s.run.ID)
		s.logs, s.byLogID[id] = append(s.logs, id), word
	}
	return s
}

// asks is what a reviewer is given, by the words of the datapoints, and what is counted.
func (s *reviewed) asks(t *testing.T, q store.ReviewQuery) string {
	t.Helper()
	if q.EvaluationID == "" {
		q.EvaluationID = s.evaluation.ID
	}
	q.Hold = 10 * time.Minute
	r, err := s.Review(t.Context(), q)
	must(t, err)
	var words []string
	for _, item := range r.Items {
		words = append(words, s.byLogID[item.Log.ID])
		if item.VersionID == "" || item.Until.IsZero() {
			t.Errorf("item %+v", item)
		}
	}
	return fmt.Sprintf("%s (%d waiting, %d done)", strings.Join(words, " "), r.Waiting, r.Done)
}

// judges stores what a person judged.
func (s *reviewed) judges(t *testing.T, who, logID string) {
	t.Helper()
	s.scene.logs++
	l := logOf(&s.tone, fmt.Sprintf("log%d", s.scene.logs))
	l.ParentID, l.User, l.Payload.Judgment = logID, who, json.Value(`"good"`)
	s.append(t, l)
}

func by(who string, size int) store.ReviewQuery { return store.ReviewQuery{Reviewer: who, Size: size} }

func reviewOnce(t *testing.T, h *harness) {
	s := newReviewed(t, h, 1)
	equal(t, "Ann", "a (3 waiting, 0 done)", s.asks(t, by("Ann", 1)))
	equal(t, "Bob", "b (2 waiting, 0 done)", s.asks(t, by("Bob", 1)))
	equal(t, "Ann again", "a (2 waiting, 0 done)", s.asks(t, by("Ann", 1)))
	equal(t, "Ann, who wants more", "a c (2 waiting, 0 done)", s.asks(t, by("Ann", 9)))
	equal(t, "Cid", " (0 waiting, 0 done)", s.asks(t, by("Cid", 1)))
	s.judges(t, "Ann", s.logs[0])
	equal(t, "Ann, when she has judged one", "c (1 waiting, 1 done)", s.asks(t, by("Ann", 9)))
	s.judges(t, "Cid", s.logs[1]) // though Bob was at it
	equal(t, "Bob, whose Log was judged", " (0 waiting, 0 done)", s.asks(t, by("Bob", 9)))
	equal(t, "nobody", " (1 waiting, 1 done)", s.asks(t, by("Ann", 0)))
}

func reviewHolds(t *testing.T, h *harness) {
	s := newReviewed(t, h, 1)
	equal(t, "Ann", "a b c (3 waiting, 0 done)", s.asks(t, by("Ann", 9)))
	h.ticks.Add((9 * time.Minute).Milliseconds())
	equal(t, "Bob after 9 minutes", " (0 waiting, 0 done)", s.asks(t, by("Bob", 9)))
	equal(t, "Ann is still at one", "a (3 waiting, 0 done)", s.asks(t, by("Ann", 1)))
	h.ticks.Add((2 * time.Minute).Milliseconds())
	equal(t, "Bob after 11 minutes", "b c (2 waiting, 0 done)", s.asks(t, by("Bob", 9)))
}

func reviewSeveral(t *testing.T, h *harness) {
	s := newReviewed(t, h, 2)
	equal(t, "Ann", "a (3 waiting, 0 done)", s.asks(t, by("Ann", 1)))
	equal(t, "Bob", "a (3 waiting, 0 done)", s.asks(t, by("Bob", 1)))
	equal(t, "Cid", "b (2 waiting, 0 done)", s.asks(t, by("Cid", 1)))
	s.judges(t, "Ann", s.logs[0])
	equal(t, "Cid, while Bob is at the other", "b (2 waiting, 0 done)", s.asks(t, by("Cid", 1)))
	s.judges(t, "Bob", s.logs[0])
	s.judges(t, "Ann", s.logs[1])
	equal(t, "Ann", "c (1 waiting, 2 done)", s.asks(t, by("Ann", 9)))
}

func reviewScope(t *testing.T, h *harness) {
	s := newReviewed(t, h, 1)
	other := h.save(t, human("other", "1"))
	_, err := s.AddEvaluators(t.Context(), s.evaluation.ID, []judgment.Evaluator{{VersionID: other.Version.ID}, {VersionID: s.judge.Version.ID, Orchestrated: true}})
	must(t, err)
	second := s.scene.run(t)
	id := s.log(t, "b", second.ID)
	s.byLogID[id] = "B"
	q := by("Ann", 0)
	equal(t, "everything", " (8 waiting, 0 done)", s.asks(t, q))
	q = by("Ann", 9)
	q.RunID = second.ID
	equal(t, "a Run", "B B (2 waiting, 0 done)", s.asks(t, q))
	q = by("Bob", 9)
	q.EvaluatorID = other.File.ID
	equal(t, "an Evaluator, datapoint by datapoint", "a b c (3 waiting, 0 done)", s.asks(t, q))
	q = by("Cid", 20)
	q.Shuffled = true
	r, err := s.Review(t.Context(), store.ReviewQuery{EvaluationID: s.evaluation.ID, Reviewer: "Cid", Shuffled: true, Size: 20, Hold: time.Minute})
	must(t, err)
	var versions []string
	for _, item := range r.Items {
		versions = append(versions, s.byLogID[item.Log.ID]+item.VersionID)
	}
	slices.Sort(versions)
	equal(t, "what is left", []string{"a" + s.tone.Version.ID, "b" + s.tone.Version.ID, "c" + s.tone.Version.ID}, versions)
}

func reviewLeavesOut(t *testing.T, h *harness) {
	s := newReviewed(t, h, 1)
	flow := h.save(t, saveOf(file.FlowKind, "flow", "1"))
	growing := logOf(&flow, "growing")
	growing.RunID, growing.Status = s.run.ID, trace.Incomplete
	h.append(t, growing)
	equal(t, "a trace that grows", "a b c (4 waiting, 0 done)", s.asks(t, by("Ann", 9)))
	_, err := h.UpdateLog(t.Context(), "growing", func(l *trace.Log) error { l.Status = trace.Complete; return nil })
	must(t, err)
	s.byLogID["growing"] = "flow"
	equal(t, "a whole trace", "a b c flow (4 waiting, 0 done)", s.asks(t, by("Ann", 9)))
	_, err = h.DeleteLogs(t.Context(), []string{"growing", s.logs[0]})
	must(t, err)
	equal(t, "Logs that were deleted", "b c (2 waiting, 0 done)", s.asks(t, by("Ann", 9)))
	_, err = h.UpdateRun(t.Context(), s.evaluation.ID, s.run.ID, store.RunChange{Close: judgment.Completed})
	must(t, err)
	equal(t, "a Run that was closed", " (0 waiting, 0 done)", s.asks(t, by("Ann", 9)))
}

func reviewAtOnce(t *testing.T, h *harness) {
	s := newReviewed(t, h, 1)
	for range 37 {
		id := s.log(t, "", s.run.ID)
		s.byLogID[id] = id
	}
	var mu sync.Mutex
	given := map[string]int{}
	atOnce(20, func(i int) {
		r, err := s.Review(t.Context(), store.ReviewQuery{EvaluationID: s.evaluation.ID, Reviewer: "r" + itoa(i), Size: 2, Hold: time.Hour, Shuffled: i%2 == 0})
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, item := range r.Items {
			given[item.Log.ID]++
		}
	})
	for id, times := range given {
		if times > 1 {
			t.Errorf("%s was given to %d people", id, times)
		}
	}
	equal(t, "Logs given", 40, len(given))
}

func reviewShared(t *testing.T, h *harness) {
	s := newReviewed(t, h, 1)
	e := &judgment.Evaluation{Evaluators: []judgment.Evaluator{{VersionID: s.tone.Version.ID}}}
	must(t, s.CreateEvaluation(t.Context(), e))
	_, err := s.AddRun(t.Context(), e.ID, s.run.ID)
	must(t, err)
	equal(t, "Ann", "a b (3 waiting, 0 done)", s.asks(t, by("Ann", 2)))
	q := by("Bob", 9)
	q.EvaluationID = e.ID
	equal(t, "Bob in the other Evaluation", "c (1 waiting, 0 done)", s.asks(t, q))
}

func reviewRefuses(t *testing.T, h *harness) {
	s := newReviewed(t, h, 1)
	for name, c := range map[string]struct {
		q      store.ReviewQuery
		reason errs.Reason
	}{
		"an unknown Evaluation": {store.ReviewQuery{EvaluationID: "evr_x"}, errs.EvaluationNotFound},
		"an unknown Run":        {store.ReviewQuery{EvaluationID: s.evaluation.ID, RunID: "run_x"}, errs.RunNotFound},
		"no Evaluator":          {store.ReviewQuery{EvaluationID: s.evaluation.ID, EvaluatorID: s.prompt.File.ID}, errs.EvaluatorNotFound},
	} {
		if _, err := s.Review(t.Context(), c.q); !errs.Is(err, c.reason) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func reviewsOfRun(t *testing.T, h *harness) {
	s := newReviewed(t, h, 2)
	equal(t, "none", "running: 3 logs, 0 missing; 0 of 6 judged", s.state(t, s.run.ID))
	for _, id := range s.logs {
		s.judges(t, "Ann", id)
		s.judges(t, "Ann", id) // a person who changes her mind counts once
	}
	equal(t, "by one", "running: 3 logs, 0 missing; 3 of 6 judged", s.state(t, s.run.ID))
	for _, who := range []string{"Bob", "Cid"} {
		s.judges(t, who, s.logs[0]) // more than are asked count as many as are asked
	}
	equal(t, "one by three", "running: 3 logs, 0 missing; 4 of 6 judged", s.state(t, s.run.ID))
	s.judges(t, "Cid", s.logs[1])
	s.judges(t, "Bob", s.logs[2])
	equal(t, "all by two", "completed: 3 logs, 0 missing; 6 of 6 judged", s.state(t, s.run.ID))
	e, err := s.Evaluation(t.Context(), s.evaluation.ID)
	must(t, err)
	equal(t, "reviews of each Log", 2, e.ReviewsPerLog)
}

func waitingCounts(t *testing.T, h *harness) {
	s := newReviewed(t, h, 2)
	external := h.save(t, store.Save{Kind: file.EvaluatorKind, Path: "external", Content: json.Value(`{"evaluator_type":"external"}`), Hash: "x"})
	_, err := s.AddEvaluators(t.Context(), s.evaluation.ID, []judgment.Evaluator{{VersionID: external.Version.ID, Orchestrated: true}, {VersionID: s.judge.Version.ID, Orchestrated: true}})
	must(t, err)
	s.judges(t, "Ann", s.logs[0])
	s.judgedBy(t, &external, s.logs[0], "1")
	waiting := func() []judgment.Waiting {
		r, err := s.Run(t.Context(), s.evaluation.ID, s.run.ID)
		must(t, err)
		return r.Waiting
	}
	equal(t, "waiting", []judgment.Waiting{
		{VersionID: s.tone.Version.ID, Logs: 5}, {VersionID: external.Version.ID, Logs: 2}, {VersionID: s.judge.Version.ID, Logs: 3},
	}, waiting())
	for _, id := range s.logs {
		s.judgedBy(t, &s.judge, id, "1")
	}
	for _, id := range s.logs[1:] {
		s.judgedBy(t, &external, id, "1")
	}
	equal(t, "when people alone are left", []judgment.Waiting{{VersionID: s.tone.Version.ID, Logs: 5}}, waiting())
}
