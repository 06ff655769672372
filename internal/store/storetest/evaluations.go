package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

var evaluations = map[string]func(*testing.T, *harness){
	"CreateEvaluation keeps everything":            evaluationMade,
	"CreateEvaluation refuses":                     evaluationRefuses,
	"Evaluations of a File, newest first":          evaluationLists,
	"AddEvaluators and RemoveEvaluator":            evaluationEvaluators,
	"DeleteEvaluation keeps its Runs":              evaluationDeleted,
	"CreateRun wants a Log for every datapoint":    runMade,
	"CreateRun with existing Logs":                 runOfExisting,
	"CreateRun with existing traces":               runOfExistingTraces,
	"AddRun and RemoveRun":                         runShared,
	"UpdateRun moves the control":                  runControl,
	"UpdateRun closes once":                        runCloses,
	"Logs that name a Run":                         runLogsNamed,
	"Logs that name a datapoint":                   runLogsByDatapoint,
	"Logs that are told of a Run later":            runLogsUpdated,
	"AddLogsToRun":                                 runLogsAdded,
	"DeleteLogs takes Logs out of Runs":            runLogsDeleted,
	"RunLogs come in pages":                        runLogPages,
	"Judgments: the latest counts":                 judgmentsLatest,
	"Judgments by versions of an Evaluator":        judgmentsByVersion,
	"Judgments of all sorts":                       judgmentsOfAllSorts,
	"Judgments that were there before the Run":     judgmentsBefore,
	"Judgments of Logs that are added at once":     judgmentsAtOnce,
	"A Run is filled once by many clients at once": runAtOnce,
	"Aggregates of a File's versions":              versionAggregates,
}

// scene is an Evaluation of a Prompt by one Evaluator, and a Dataset of the datapoints a, b and c.
type scene struct {
	*harness
	prompt, judge, dataset file.Snapshot
	evaluation             *judgment.Evaluation
	datapoint              map[string]string // ids, by word
	logs                   int
}

func newScene(t *testing.T, h *harness) *scene {
	t.Helper()
	s := &scene{harness: h, datapoint: map[string]string{}}
	s.prompt, s.judge = h.save(t, prompt("p", "m")), h.save(t, saveOf(file.EvaluatorKind, "judge", "1"))
	s.dataset = h.saveDataset(t, set("d", "a b c"))
	for _, d := range h.datapoints(t, &s.dataset) {
		s.datapoint[d.Inputs["word"]] = d.ID
	}
	s.evaluation = s.evaluate(t, "", s.judge.Version.ID)
	return s
}

// evaluate makes an Evaluation of the Prompt.
func (s *scene) evaluate(t *testing.T, name string, versionIDs ...string) *judgment.Evaluation {
	t.Helper()
	e := &judgment.Evaluation{FileID: s.prompt.File.ID, Name: name, CreatedBy: "key"}
	for _, id := range versionIDs {
		e.Evaluators = append(e.Evaluators, judgment.Evaluator{VersionID: id, Orchestrated: true})
	}
	must(t, s.CreateEvaluation(t.Context(), e))
	return e
}

// run makes a Run of the Prompt over the Dataset.
func (s *scene) run(t *testing.T) *judgment.Run {
	t.Helper()
	r, err := s.CreateRun(t.Context(), s.evaluation.ID, store.NewRun{VersionID: s.prompt.Version.ID, DatasetVersionID: s.dataset.Version.ID, By: "key"})
	must(t, err)
	return r
}

// log appends a Log of the Prompt for a datapoint, and one of a Run; "" stands for none.
func (s *scene) log(t *testing.T, word, runID string) string {
	t.Helper()
	s.logs++
	l := logOf(&s.prompt, fmt.Sprintf("log%d", s.logs))
	l.RunID, l.DatapointID = runID, s.datapoint[word]
	return s.append(t, l).ID
}

// judgedBy appends a Log of an Evaluator; judgment "!" is a failure.
func (s *scene) judgedBy(t *testing.T, judge *file.Snapshot, logID, judgment string) string {
	t.Helper()
	s.logs++
	l := logOf(judge, fmt.Sprintf("log%d", s.logs))
	l.ParentID, l.Payload.Judgment = logID, json.Value(judgment)
	if judgment == "!" {
		l.Error, l.Payload.Judgment = new("it failed"), nil
	}
	return s.append(t, l).ID
}

// state is a Run in a few words: its status, its Logs and missing datapoints, its judgments and those wanted.
func (s *scene) state(t *testing.T, runID string) string {
	t.Helper()
	r, err := s.Run(t.Context(), s.evaluation.ID, runID)
	must(t, err)
	return fmt.Sprintf("%s: %d logs, %d missing; %d of %d judged", r.Status(), r.Logs, r.Missing, r.Judged, r.Wanted)
}

// members are the Logs of a Run in their order, in one text.
func (s *scene) members(t *testing.T, runID string) string {
	t.Helper()
	list, total, err := s.RunLogs(t.Context(), s.evaluation.ID, []string{runID}, page(1, 1000))
	must(t, err)
	equal(t, "total", len(list), total)
	out := make([]string, len(list))
	for i, l := range list {
		out[i] = l.Log.ID
	}
	return strings.Join(out, " ")
}

func evaluationMade(t *testing.T, h *harness) {
	s := newScene(t, h)
	second := h.save(t, saveOf(file.EvaluatorKind, "judge", "2"))
	e := &judgment.Evaluation{FileID: s.prompt.File.ID, Name: "ü '", CreatedBy: "key", Evaluators: []judgment.Evaluator{
		{VersionID: second.Version.ID}, {VersionID: s.judge.Version.ID}, {VersionID: second.Version.ID, Orchestrated: true},
	}}
	must(t, h.CreateEvaluation(t.Context(), e))
	want := []judgment.Evaluator{
		{VersionID: second.Version.ID, Orchestrated: true, AddedAt: e.Evaluators[0].AddedAt}, {VersionID: s.judge.Version.ID, AddedAt: e.Evaluators[1].AddedAt},
	}
	equal(t, "Evaluators", want, e.Evaluators)
	if e.CreatedAt.IsZero() || !strings.HasPrefix(e.ID, "evr_") {
		t.Errorf("it was given %q at %v", e.ID, e.CreatedAt)
	}
	got, err := h.Evaluation(t.Context(), e.ID)
	must(t, err)
	equal(t, "Evaluation", e, got)
	_, err = h.Evaluation(t.Context(), "evr_\x00")
	is(t, err, errs.EvaluationNotFound)
}

func evaluationRefuses(t *testing.T, h *harness) {
	s := newScene(t, h)
	s.evaluate(t, "taken")
	s.evaluate(t, "")
	try := func(e judgment.Evaluation) error { return h.CreateEvaluation(t.Context(), &e) }
	other := h.save(t, prompt("q", "m"))
	must(t, try(judgment.Evaluation{FileID: other.File.ID, Name: "taken"}))
	must(t, try(judgment.Evaluation{Name: "taken"}))
	says(t, try(judgment.Evaluation{FileID: s.prompt.File.ID, Name: "taken"}), errs.AlreadyExists, "Another Evaluation of this File is named `taken` already.")
	is(t, try(judgment.Evaluation{Name: "taken"}), errs.AlreadyExists)
	is(t, try(judgment.Evaluation{FileID: "pr_x"}), errs.FileNotFound)
	is(t, try(judgment.Evaluation{Name: "a\x00"}), errs.ValidationFailed)
	unknown := []judgment.Evaluator{{VersionID: s.judge.Version.ID}, {VersionID: "evv_x"}}
	says(t, try(judgment.Evaluation{FileID: s.prompt.File.ID, Evaluators: unknown}), errs.VersionNotFound, "Version `evv_x` does not exist.")
	_, total, err := h.Evaluations(t.Context(), s.prompt.File.ID, page(1, 10))
	must(t, err)
	equal(t, "Evaluations", 3, total)
}

func evaluationLists(t *testing.T, h *harness) {
	s := newScene(t, h)
	var want []string
	for i := range 4 {
		want = slices.Insert(want, 0, s.evaluate(t, itoa(i), s.judge.Version.ID).ID)
	}
	want = append(want, s.evaluation.ID)
	var got []string
	for n := 1; n <= 4; n++ {
		list, total, err := h.Evaluations(t.Context(), s.prompt.File.ID, page(n, 2))
		must(t, err)
		equal(t, "total", 5, total)
		for _, e := range list {
			got = append(got, e.ID)
			equal(t, "Evaluators", s.judge.Version.ID, e.Evaluators[0].VersionID)
		}
	}
	equal(t, "all pages", want, got)
	list, total, err := h.Evaluations(t.Context(), s.judge.File.ID, page(1, 10))
	must(t, err)
	equal(t, "of a File that has none", 0, len(list)+total)
	_, _, err = h.Evaluations(t.Context(), "pr_x", page(1, 10))
	is(t, err, errs.FileNotFound)
	must(t, h.DeleteFile(t.Context(), file.PromptKind, s.prompt.File.ID))
	_, _, err = h.Evaluations(t.Context(), s.prompt.File.ID, page(1, 10))
	is(t, err, errs.FileNotFound)
	_, err = h.Evaluation(t.Context(), s.evaluation.ID)
	must(t, err)
}

func evaluationEvaluators(t *testing.T, h *harness) {
	s := newScene(t, h)
	second := h.save(t, saveOf(file.EvaluatorKind, "judge", "2"))
	ids := func(e *judgment.Evaluation, err error) string {
		must(t, err)
		var out []string
		for _, one := range e.Evaluators {
			out = append(out, fmt.Sprint(one.VersionID, one.Orchestrated))
		}
		return strings.Join(out, " ")
	}
	one, two := s.judge.Version.ID, second.Version.ID
	more := []judgment.Evaluator{{VersionID: two, Orchestrated: true}, {VersionID: one}}
	equal(t, "added", one+"false "+two+"true", ids(h.AddEvaluators(t.Context(), s.evaluation.ID, more)))
	equal(t, "removed", two+"true", ids(h.RemoveEvaluator(t.Context(), s.evaluation.ID, one)))
	_, err := h.RemoveEvaluator(t.Context(), s.evaluation.ID, one)
	is(t, err, errs.VersionNotFound)
	_, err = h.RemoveEvaluator(t.Context(), "evr_x", one)
	is(t, err, errs.EvaluationNotFound)
	_, err = h.AddEvaluators(t.Context(), s.evaluation.ID, []judgment.Evaluator{{VersionID: one}, {VersionID: "evv_x"}})
	is(t, err, errs.VersionNotFound)
	_, err = h.AddEvaluators(t.Context(), "evr_x", nil)
	is(t, err, errs.EvaluationNotFound)
	now, err := h.Evaluation(t.Context(), s.evaluation.ID)
	equal(t, "afterwards", two+"true", ids(now, err))
	if !now.UpdatedAt.After(now.CreatedAt) {
		t.Error("a change does not show in updated_at")
	}
}

func evaluationDeleted(t *testing.T, h *harness) {
	s := newScene(t, h)
	r := s.run(t)
	s.log(t, "a", r.ID)
	must(t, h.DeleteEvaluation(t.Context(), s.evaluation.ID))
	is(t, h.DeleteEvaluation(t.Context(), s.evaluation.ID), errs.EvaluationNotFound)
	_, err := h.Runs(t.Context(), s.evaluation.ID)
	is(t, err, errs.EvaluationNotFound)
	_, err = h.Snapshot(t.Context(), file.EvaluatorKind, file.Ref{Path: "judge"})
	must(t, err)
	s.evaluation = s.evaluate(t, "another")
	_, err = h.AddRun(t.Context(), s.evaluation.ID, r.ID)
	must(t, err)
	equal(t, "the Run", "running: 1 logs, 2 missing; 0 of 0 judged", s.state(t, r.ID))
}

func runMade(t *testing.T, h *harness) {
	s := newScene(t, h)
	r := s.run(t)
	want := &judgment.Run{
		ID: r.ID, VersionID: s.prompt.Version.ID, DatasetVersionID: s.dataset.Version.ID, CreatedAt: r.CreatedAt, AddedAt: r.CreatedAt, CreatedBy: "key", Missing: 3,
	}
	equal(t, "Run", want, r)
	equal(t, "status", judgment.Pending, r.Status())
	bare, err := h.CreateRun(t.Context(), s.evaluation.ID, store.NewRun{Orchestrated: true})
	must(t, err)
	equal(t, "without datapoints", "completed: 0 logs, 0 missing; 0 of 0 judged", s.state(t, bare.ID))
	equal(t, "orchestrated", true, bare.Orchestrated)
	runs, err := h.Runs(t.Context(), s.evaluation.ID)
	must(t, err)
	equal(t, "newest first", []judgment.Run{*bare, *r}, runs)
	e, err := h.Evaluation(t.Context(), s.evaluation.ID)
	must(t, err)
	equal(t, "count", 2, e.RunsCount)
	_, err = h.CreateRun(t.Context(), s.evaluation.ID, store.NewRun{VersionID: "prv_x"})
	is(t, err, errs.VersionNotFound)
	_, err = h.CreateRun(t.Context(), s.evaluation.ID, store.NewRun{DatasetVersionID: "dsv_x"})
	is(t, err, errs.VersionNotFound)
	_, err = h.CreateRun(t.Context(), "evr_x", store.NewRun{})
	is(t, err, errs.EvaluationNotFound)
	_, err = h.Run(t.Context(), s.evaluation.ID, "rn_x")
	is(t, err, errs.RunNotFound)
}

func runOfExisting(t *testing.T, h *harness) {
	s := newScene(t, h)
	s.log(t, "a", "")
	newer, b := s.log(t, "a", ""), s.log(t, "b", "")
	other := h.save(t, prompt("p", "another"))
	l := logOf(&other, "of another version")
	l.DatapointID = s.datapoint["c"]
	h.append(t, l)
	equal(t, "without them", "pending: 0 logs, 3 missing; 0 of 0 judged", s.state(t, s.run(t).ID))
	r, err := h.CreateRun(t.Context(), s.evaluation.ID, store.NewRun{
		VersionID: s.prompt.Version.ID, DatasetVersionID: s.dataset.Version.ID, UseExistingLogs: true,
	})
	must(t, err)
	equal(t, "with them", "running: 2 logs, 1 missing; 0 of 2 judged", s.state(t, r.ID))
	equal(t, "Logs", newer+" "+b, s.members(t, r.ID))
}

func runShared(t *testing.T, h *harness) {
	s := newScene(t, h)
	r := s.run(t)
	judged := s.log(t, "a", r.ID)
	s.judgedBy(t, &s.judge, judged, "true")
	first := s.evaluation
	s.evaluation = s.evaluate(t, "without Evaluators")
	shared, err := h.AddRun(t.Context(), s.evaluation.ID, r.ID)
	must(t, err)
	if !shared.AddedAt.After(shared.CreatedAt) {
		t.Error("it is added when it was made")
	}
	again, err := h.AddRun(t.Context(), s.evaluation.ID, r.ID)
	must(t, err)
	equal(t, "added again", shared, again)
	equal(t, "there", "running: 1 logs, 2 missing; 0 of 0 judged", s.state(t, r.ID))
	must(t, h.RemoveRun(t.Context(), s.evaluation.ID, r.ID))
	is(t, h.RemoveRun(t.Context(), s.evaluation.ID, r.ID), errs.RunNotFound)
	is(t, h.RemoveRun(t.Context(), "evr_x", r.ID), errs.EvaluationNotFound)
	s.evaluation = first
	equal(t, "here", "running: 1 logs, 2 missing; 1 of 1 judged", s.state(t, r.ID))
	_, err = h.AddRun(t.Context(), s.evaluation.ID, "rn_x")
	is(t, err, errs.RunNotFound)
}

func runControl(t *testing.T, h *harness) {
	s := newScene(t, h)
	one, two := s.run(t), s.run(t)
	controls := func() string {
		runs, err := h.Runs(t.Context(), s.evaluation.ID)
		must(t, err)
		return fmt.Sprint(runs[1].Control, runs[0].Control)
	}
	change := func(id string, c store.RunChange) {
		_, err := h.UpdateRun(t.Context(), s.evaluation.ID, id, c)
		must(t, err)
	}
	equal(t, "at first", "false false", controls())
	change(one.ID, store.RunChange{Control: true})
	equal(t, "the first", "true false", controls())
	change(two.ID, store.RunChange{Control: true})
	equal(t, "the second", "false true", controls())
	change(two.ID, store.RunChange{})
	equal(t, "unchanged", "false true", controls())
	_, err := h.UpdateRun(t.Context(), s.evaluation.ID, "rn_x", store.RunChange{Control: true})
	is(t, err, errs.RunNotFound)
	equal(t, "after a failure", "false true", controls())
}

func runCloses(t *testing.T, h *harness) {
	s := newScene(t, h)
	closing := func(id string, status judgment.Progress) error {
		_, err := h.UpdateRun(t.Context(), s.evaluation.ID, id, store.RunChange{Close: status})
		return err
	}
	r := s.run(t)
	var done, refused atomic.Int32
	atOnce(8, func(i int) {
		switch err := closing(r.ID, []judgment.Progress{judgment.Completed, judgment.Cancelled}[i%2]); {
		case err == nil:
			done.Add(1)
		case errs.Is(err, errs.IllegalState):
			refused.Add(1)
		default:
			t.Error(err)
		}
	})
	equal(t, "closed, refused", [2]int32{1, 7}, [2]int32{done.Load(), refused.Load()})

	running := s.run(t)
	s.log(t, "a", running.ID)
	must(t, closing(running.ID, judgment.Cancelled))
	says(t, closing(running.ID, judgment.Completed), errs.IllegalState, "Run `"+running.ID+"` is cancelled already.")
	s.log(t, "b", running.ID)
	equal(t, "a late Log", "cancelled: 2 logs, 1 missing; 0 of 2 judged", s.state(t, running.ID))
	empty, err := h.CreateRun(t.Context(), s.evaluation.ID, store.NewRun{})
	must(t, err)
	is(t, closing(empty.ID, judgment.Cancelled), errs.IllegalState)
}

func runLogsNamed(t *testing.T, h *harness) {
	s := newScene(t, h)
	r, other := s.run(t), s.run(t)
	c, none, a, again := s.log(t, "c", r.ID), s.log(t, "", r.ID), s.log(t, "a", r.ID), s.log(t, "a", r.ID)
	equal(t, "Logs", strings.Join([]string{a, c, none, again}, " "), s.members(t, r.ID))
	equal(t, "the Run", "running: 4 logs, 1 missing; 0 of 4 judged", s.state(t, r.ID))
	equal(t, "the other", "pending: 0 logs, 3 missing; 0 of 0 judged", s.state(t, other.ID))
	stored, err := h.Log(t.Context(), c)
	must(t, err)
	equal(t, "the Run's id on the Log", r.ID, stored.RunID)
	l := logOf(&s.prompt, "lost")
	l.RunID = "rn_x"
	says(t, h.AppendLog(t.Context(), l), errs.RunNotFound, "Run `rn_x` does not exist.")
	l.RunID = "\x00"
	is(t, h.AppendLog(t.Context(), l), errs.RunNotFound)
	lost, err := h.LogExists(t.Context(), "lost")
	must(t, err)
	equal(t, "stored all the same", false, lost)
	l.RunID, l.DatapointID = r.ID, "dp_\x00"
	h.append(t, l)
	equal(t, "unknown datapoint", "running: 5 logs, 1 missing; 0 of 5 judged", s.state(t, r.ID))
}

func runLogsByDatapoint(t *testing.T, h *harness) {
	s := newScene(t, h)
	one, two, closed := s.run(t), s.run(t), s.run(t)
	_, err := h.UpdateRun(t.Context(), s.evaluation.ID, closed.ID, store.RunChange{Close: judgment.Cancelled})
	must(t, err)
	b := s.log(t, "b", two.ID)
	a := s.log(t, "a", "")
	missing := s.log(t, "b", "")
	later := s.run(t)
	other := h.save(t, prompt("p", "another"))
	l := logOf(&other, "of another version")
	l.DatapointID = s.datapoint["c"]
	h.append(t, l)
	equal(t, "the first", a+" "+missing, s.members(t, one.ID))
	equal(t, "that had one", a+" "+b, s.members(t, two.ID))
	equal(t, "the closed", "", s.members(t, closed.ID))
	equal(t, "made later", "", s.members(t, later.ID))
}

func runLogsUpdated(t *testing.T, h *harness) {
	s := newScene(t, h)
	r := s.run(t)
	id := s.log(t, "", "")
	update := func(change func(*trace.Log)) error {
		_, err := h.UpdateLog(t.Context(), id, func(l *trace.Log) error {
			change(l)
			return nil
		})
		return err
	}
	is(t, update(func(l *trace.Log) { l.RunID = "rn_x" }), errs.RunNotFound)
	equal(t, "before", "", s.members(t, r.ID))
	must(t, update(func(l *trace.Log) { l.RunID, l.DatapointID = r.ID, s.datapoint["b"] }))
	equal(t, "after", "running: 1 logs, 2 missing; 0 of 1 judged", s.state(t, r.ID))
	later := s.run(t)
	must(t, update(func(l *trace.Log) { l.User = "ada" }))
	equal(t, "a Run that came later", "", s.members(t, later.ID))
}

func runLogsAdded(t *testing.T, h *harness) {
	s := newScene(t, h)
	none, b, secondB := s.log(t, "", ""), s.log(t, "b", ""), s.log(t, "b", "")
	r := s.run(t)
	add := func(ids ...string) error {
		_, err := h.AddLogsToRun(t.Context(), s.evaluation.ID, r.ID, ids)
		return err
	}
	says(t, add(none, "log_x"), errs.LogNotFound, "Log `log_x` does not exist.")
	equal(t, "after a failure", "", s.members(t, r.ID))
	must(t, add())
	must(t, add(none, b, none))
	must(t, add(b, none))
	equal(t, "Logs", b+" "+none, s.members(t, r.ID))
	must(t, add(secondB))
	equal(t, "the Run", "running: 3 logs, 2 missing; 0 of 3 judged", s.state(t, r.ID))
	_, err := h.AddLogsToRun(t.Context(), s.evaluation.ID, "rn_x", nil)
	is(t, err, errs.RunNotFound)
	_, err = h.AddLogsToRun(t.Context(), "evr_x", r.ID, nil)
	is(t, err, errs.EvaluationNotFound)
}

func runLogsDeleted(t *testing.T, h *harness) {
	s := newScene(t, h)
	r := s.run(t)
	a, b, further := s.log(t, "a", r.ID), s.log(t, "b", r.ID), s.log(t, "", r.ID)
	s.judgedBy(t, &s.judge, a, "true")
	s.judgedBy(t, &s.judge, b, "true")
	_, err := h.DeleteLogs(t.Context(), []string{a, further})
	must(t, err)
	equal(t, "the Run", "running: 1 logs, 2 missing; 1 of 1 judged", s.state(t, r.ID))
	again := s.log(t, "a", "")
	equal(t, "Logs", again+" "+b, s.members(t, r.ID))
}

func runLogPages(t *testing.T, h *harness) {
	s := newScene(t, h)
	first, second := s.run(t), s.run(t)
	var want []string
	for _, word := range []string{"b", "a", "c"} {
		s.log(t, word, first.ID)
	}
	for _, word := range []string{"c", "b"} {
		s.log(t, word, second.ID)
	}
	for _, at := range []struct{ run, log string }{{second.ID, "log5"}, {second.ID, "log4"}, {first.ID, "log2"}, {first.ID, "log1"}, {first.ID, "log3"}} {
		want = append(want, at.run+" "+at.log)
	}
	var got []string
	for n := 1; n <= 4; n++ {
		list, total, err := h.RunLogs(t.Context(), s.evaluation.ID, nil, page(n, 2))
		must(t, err)
		equal(t, "total", 5, total)
		for _, l := range list {
			got = append(got, l.RunID+" "+l.Log.ID)
		}
	}
	equal(t, "all pages", want, got)
	_, total, err := h.RunLogs(t.Context(), s.evaluation.ID, []string{first.ID, second.ID}, page(1, 0))
	must(t, err)
	equal(t, "of both", 5, total)
	_, _, err = h.RunLogs(t.Context(), s.evaluation.ID, []string{first.ID, "rn_x"}, page(1, 2))
	is(t, err, errs.RunNotFound)
	_, _, err = h.RunLogs(t.Context(), "evr_x", nil, page(1, 2))
	is(t, err, errs.EvaluationNotFound)
}

// tally is what the Evaluators made of Runs, in a text of sorted lines.
func (s *scene) tally(t *testing.T) string {
	t.Helper()
	tallies, err := s.Tallies(t.Context(), s.evaluation.ID)
	must(t, err)
	names := map[string]string{}
	for _, e := range s.evaluation.Evaluators {
		names[e.VersionID] = itoa(len(names) + 1)
	}
	var lines []string
	for _, a := range tallies {
		lines = append(lines, fmt.Sprintf("%s: %d of %d %v %s", names[a.VersionID], a.Count, a.Outcome, a.Number, a.Choice))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func judgmentsLatest(t *testing.T, h *harness) {
	s := newScene(t, h)
	r := s.run(t)
	a := s.log(t, "a", r.ID)
	equal(t, "none", "", s.tally(t))
	s.judgedBy(t, &s.judge, a, "1")
	last := s.judgedBy(t, &s.judge, a, "2")
	s.judgedBy(t, &s.judge, "log_x", "3")
	equal(t, "two of one Log", "1: 1 of 4 2 ", s.tally(t))
	equal(t, "the Run", "running: 1 logs, 2 missing; 1 of 1 judged", s.state(t, r.ID))
	_, err := h.DeleteLogs(t.Context(), []string{last})
	must(t, err)
	equal(t, "the first again", "1: 1 of 4 1 ", s.tally(t))
	withdrawn := s.judgedBy(t, &s.judge, a, "null")
	equal(t, "withdrawn", "1: 1 of 0 0 ", s.tally(t))
	_, err = h.UpdateLog(t.Context(), withdrawn, func(l *trace.Log) error {
		l.Payload.Judgment = json.Value("true")
		return nil
	})
	must(t, err)
	equal(t, "changed", "1: 1 of 3 0 ", s.tally(t))
}

func judgmentsByVersion(t *testing.T, h *harness) {
	s := newScene(t, h)
	client := func(path, code string) file.Snapshot {
		content := json.Value(fmt.Sprintf(`{"evaluator_type":"external","attributes":{"code":%q}}`, code))
		return h.save(t, store.Save{Kind: file.EvaluatorKind, Path: path, Content: content, Hash: file.Hash(file.EvaluatorKind, content)})
	}
	newer := h.save(t, saveOf(file.EvaluatorKind, "judge", "2"))
	deployed, changed, stranger := client("theirs", "1"), client("theirs", "2"), client("stranger", "1")
	r := s.run(t)
	a := s.log(t, "a", r.ID)
	for i, judge := range []*file.Snapshot{&s.judge, &newer, &deployed, &changed, &stranger} {
		s.judgedBy(t, judge, a, itoa(i+1))
	}
	equal(t, "just its own version", "1: 1 of 4 1 ", s.tally(t))
	s.evaluation = s.evaluate(t, "", deployed.Version.ID, newer.Version.ID)
	_, err := h.AddRun(t.Context(), s.evaluation.ID, r.ID)
	must(t, err)
	equal(t, "any version of the client's", "1: 1 of 4 4 \n2: 1 of 4 2 ", s.tally(t))
	equal(t, "progress", "running: 1 logs, 2 missing; 2 of 2 judged", s.state(t, r.ID))
	s.judgedBy(t, &deployed, a, "!")
	equal(t, "by the deployed one again", "1: 1 of 1 0 \n2: 1 of 4 2 ", s.tally(t))
}

// judgmentsBefore judges Logs before they are added to Runs, in all the ways that they are.
func judgmentsBefore(t *testing.T, h *harness) {
	s := newScene(t, h)
	a, b, c := s.log(t, "a", ""), s.log(t, "b", ""), s.log(t, "", "")
	for _, id := range []string{a, b, c} {
		s.judgedBy(t, &s.judge, id, "1")
		s.judgedBy(t, &s.judge, id, "2")
	}
	existing, err := h.CreateRun(t.Context(), s.evaluation.ID, store.NewRun{
		VersionID: s.prompt.Version.ID, DatasetVersionID: s.dataset.Version.ID, UseExistingLogs: true,
	})
	must(t, err)
	equal(t, "existing", 2, existing.Judged)
	added, err := h.CreateRun(t.Context(), s.evaluation.ID, store.NewRun{})
	must(t, err)
	added, err = h.AddLogsToRun(t.Context(), s.evaluation.ID, added.ID, []string{a, c})
	must(t, err)
	equal(t, "added", 2, added.Judged)
	_, err = h.UpdateLog(t.Context(), b, func(l *trace.Log) error {
		l.RunID = added.ID
		return nil
	})
	must(t, err)
	equal(t, "told of the Run later", "completed: 3 logs, 0 missing; 3 of 3 judged", s.state(t, added.ID))
	equal(t, "tally", "1: 2 of 4 2 \n1: 3 of 4 2 ", s.tally(t))
}

// judgmentsAtOnce adds Logs to Runs while they are judged: no judgment is lost.
func judgmentsAtOnce(t *testing.T, h *harness) {
	s := newScene(t, h)
	r, err := h.CreateRun(t.Context(), s.evaluation.ID, store.NewRun{})
	must(t, err)
	var ids []string
	for range 40 {
		ids = append(ids, s.log(t, "", ""))
	}
	atOnce(80, func(i int) {
		if i%2 == 0 {
			_, err := h.AddLogsToRun(t.Context(), s.evaluation.ID, r.ID, ids[i/2:i/2+1])
			must(t, err)
			return
		}
		l := logOf(&s.judge, "judges "+ids[i/2])
		l.ParentID, l.Payload.Judgment = ids[i/2], json.Value("true")
		must(t, h.AppendLog(t.Context(), l))
	})
	equal(t, "the Run", "completed: 40 logs, 0 missing; 40 of 40 judged", s.state(t, r.ID))
}

func judgmentsOfAllSorts(t *testing.T, h *harness) {
	s := newScene(t, h)
	r := s.run(t)
	for _, judgment := range []string{"true", "false", "true", "null", "!", "0.1", "0.1", "1e999", `"good"`, `"g\u0000"`, `["b","a"]`} {
		s.judgedBy(t, &s.judge, s.log(t, "", r.ID), judgment)
	}
	const want = `1: 1 of 0 0 
1: 1 of 1 0 
1: 1 of 2 0 
1: 1 of 4 1.7976931348623157e+308 
1: 1 of 5 0 "g\u0000"
1: 1 of 5 0 "good"
1: 1 of 5 0 ["a","b"]
1: 2 of 3 0 
1: 2 of 4 0.1 `
	equal(t, "tally", want, s.tally(t))
	equal(t, "the Run", "running: 11 logs, 3 missing; 11 of 11 judged", s.state(t, r.ID))
}

// runAtOnce has clients that submit every datapoint several times, name the Run or not, and judge at once.
func runAtOnce(t *testing.T, h *harness) {
	s := newScene(t, h)
	r := s.run(t)
	words := []string{"a", "b", "c"}
	atOnce(48, func(i int) {
		l := logOf(&s.prompt, fmt.Sprintf("at once %d", i))
		l.DatapointID = s.datapoint[words[i%3]]
		must(t, h.AppendLog(t.Context(), l))
		j := logOf(&s.judge, fmt.Sprintf("judge %d", i))
		j.ParentID, j.Payload.Judgment = l.ID, json.Value("true")
		must(t, h.AppendLog(t.Context(), j))
	})
	equal(t, "the Run", "completed: 3 logs, 0 missing; 3 of 3 judged", s.state(t, r.ID))
	equal(t, "tally", "1: 3 of 3 0 ", s.tally(t))

	second := s.run(t)
	atOnce(48, func(i int) {
		l := logOf(&s.prompt, fmt.Sprintf("named %d", i))
		l.RunID, l.DatapointID = second.ID, s.datapoint[words[i%3]]
		must(t, h.AppendLog(t.Context(), l))
	})
	equal(t, "the second", "running: 48 logs, 0 missing; 0 of 48 judged", s.state(t, second.ID))
}

// runOfExistingTraces takes Logs of Flows and Agents that are complete, and none that grows.
func runOfExistingTraces(t *testing.T, h *harness) {
	s := newScene(t, h)
	agent := h.save(t, saveOf(file.AgentKind, "agent", "1"))
	kept := func(datapoint string, status trace.Status) string {
		l := logOf(&agent, newLogID())
		l.DatapointID, l.Status = s.datapoint[datapoint], status
		return h.append(t, l).ID
	}
	kept("a", trace.Complete)
	a := kept("a", trace.Complete)
	kept("a", trace.Incomplete)
	kept("b", trace.Incomplete)
	r, err := h.CreateRun(t.Context(), s.evaluation.ID, store.NewRun{
		VersionID: agent.Version.ID, DatasetVersionID: s.dataset.Version.ID, UseExistingLogs: true,
	})
	must(t, err)
	equal(t, "Logs", a, s.members(t, r.ID))
}
