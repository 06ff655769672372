package storetest

import (
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

var monitors = map[string]func(*testing.T, *harness){
	"SetMonitors attaches Evaluators":                      monitorsAttach,
	"SetMonitors makes inactive and active again":          monitorsToggle,
	"SetMonitors says what does not exist":                 monitorsRefuse,
	"Monitors come with every version of the File":         monitorsEverywhere,
	"A deleted Evaluator monitors nothing":                 monitorsOfDeleted,
	"Monitors follow the deletion of an Evaluator version": monitorsOfDeletedVersion,
	"Tool variables are kept by name":                      variablesKept,
	"Tool variables say what does not exist":               variablesRefuse,
	"Tool variables are erased with the Tool":              variablesErased,
}

// evaluator saves an Evaluator.
func (h *harness) evaluator(t *testing.T, path, model string) file.Snapshot {
	t.Helper()
	return h.save(t, saveOf(file.EvaluatorKind, path, model))
}

// monitor sets the monitors of the Prompt of p.
func (h *harness) monitor(t *testing.T, p *file.Snapshot, activate, deactivate []file.Ref) file.Snapshot {
	t.Helper()
	got, err := h.SetMonitors(t.Context(), p.File.Kind, p.File.ID, activations(activate), deactivate)
	must(t, err)
	return got
}

// activations activate Evaluators for all Logs.
func activations(refs []file.Ref) []store.Activation {
	var list []store.Activation
	for _, ref := range refs {
		list = append(list, store.Activation{Ref: ref})
	}
	return list
}

func byVersion(e *file.Snapshot) file.Ref {
	return file.Ref{VersionID: e.Version.ID}
}

func (h *harness) inEnvironment(t *testing.T, e *file.Snapshot, environment string) file.Ref {
	t.Helper()
	return file.Ref{ID: e.File.ID, Environment: h.environment(t, environment).ID}
}

func monitorsAttach(t *testing.T, h *harness) {
	p, e, f := h.save(t, prompt("p", "m")), h.evaluator(t, "e", "m"), h.evaluator(t, "f", "m")
	before := h.Moment()
	production := h.inEnvironment(t, &e, "production")
	got := h.monitor(t, &p, []file.Ref{byVersion(&f), production, byVersion(&e)}, nil)
	at := got.Monitors[0].CreatedAt
	want := p
	want.Monitors = []file.Monitor{
		{EvaluatorID: f.File.ID, VersionID: f.Version.ID, Active: true, SampleRate: 1, CreatedAt: at, UpdatedAt: at},
		{EvaluatorID: e.File.ID, EnvironmentID: production.Environment, Active: true, SampleRate: 1, CreatedAt: at, UpdatedAt: at},
		{EvaluatorID: e.File.ID, VersionID: e.Version.ID, Active: true, SampleRate: 1, CreatedAt: at, UpdatedAt: at},
	}
	equal(t, "snapshot", want, got)
	if h.Moment() == before || at.Before(epoch) {
		t.Errorf("moment %d, created at %v", h.Moment(), at)
	}
	before = h.Moment()
	equal(t, "the same again", got, h.monitor(t, &p, []file.Ref{byVersion(&e), byVersion(&e)}, nil))
	equal(t, "no change", true, h.passed(before, 0))
}

func monitorsToggle(t *testing.T, h *harness) {
	p, e, f := h.save(t, prompt("p", "m")), h.evaluator(t, "e", "m"), h.evaluator(t, "f", "m")
	first := h.monitor(t, &p, []file.Ref{byVersion(&e), byVersion(&f)}, nil)
	active := func(s *file.Snapshot) []bool {
		var list []bool
		for _, m := range s.Monitors {
			list = append(list, m.Active)
		}
		return list
	}
	off := h.monitor(t, &p, nil, []file.Ref{byVersion(&e)})
	equal(t, "one off", []bool{false, true}, active(&off))
	equal(t, "created at", first.Monitors[0].CreatedAt, off.Monitors[0].CreatedAt)
	if !off.Monitors[0].UpdatedAt.After(off.Monitors[0].CreatedAt) {
		t.Error("a monitor that was made inactive is not updated")
	}
	before := h.Moment()
	equal(t, "never attached", off, h.monitor(t, &p, nil, []file.Ref{h.inEnvironment(t, &e, "staging")}))
	equal(t, "no change", true, h.passed(before, 0))
	on := h.monitor(t, &p, []file.Ref{byVersion(&e)}, []file.Ref{byVersion(&f), byVersion(&e)})
	equal(t, "in both lists", []bool{true, false}, active(&on))
}

func monitorsRefuse(t *testing.T, h *harness) {
	p, e := h.save(t, prompt("p", "m")), h.evaluator(t, "e", "m")
	gone := h.evaluator(t, "gone", "m")
	must(t, h.DeleteFile(t.Context(), file.EvaluatorKind, gone.File.ID))
	staging := h.environment(t, "staging").ID
	for _, c := range []struct {
		name   string
		ref    file.Ref
		reason errs.Reason
	}{
		{"unknown version", file.Ref{VersionID: "evv_\x00"}, errs.VersionNotFound},
		{"version of a Prompt", byVersion(&p), errs.VersionNotFound},
		{"version of a deleted Evaluator", byVersion(&gone), errs.VersionNotFound},
		{"unknown Evaluator", file.Ref{ID: "ev_x", Environment: staging}, errs.EvaluatorNotFound},
		{"a Prompt", file.Ref{ID: p.File.ID, Environment: staging}, errs.EvaluatorNotFound},
		{"deleted Evaluator", file.Ref{ID: gone.File.ID, Environment: staging}, errs.EvaluatorNotFound},
		{"unknown environment", file.Ref{ID: e.File.ID, Environment: "env_x"}, errs.EnvironmentNotFound},
	} {
		for _, refs := range [][2][]file.Ref{{{byVersion(&e), c.ref}, nil}, {{byVersion(&e)}, {c.ref}}} {
			_, err := h.SetMonitors(t.Context(), file.PromptKind, p.File.ID, activations(refs[0]), refs[1])
			if !errs.Is(err, c.reason) {
				t.Errorf("%s: error is %v, want %s", c.name, err, c.reason)
			}
		}
	}
	_, err := h.SetMonitors(t.Context(), file.PromptKind, p.File.ID, activations([]file.Ref{h.inEnvironment(t, &e, "staging")}), nil)
	says(t, err, errs.VersionNotFound, "No version of Evaluator `"+e.File.ID+"` is deployed to environment `staging`.")
	_, err = h.SetMonitors(t.Context(), file.ToolKind, p.File.ID, nil, nil)
	is(t, err, errs.ToolNotFound)
	_, err = h.SetMonitors(t.Context(), file.PromptKind, p.File.ID, make([]store.Activation, 101), nil)
	is(t, err, errs.ValidationFailed)
	equal(t, "untouched", p, h.current(t, &p))
}

func monitorsEverywhere(t *testing.T, h *harness) {
	p, e := h.save(t, prompt("p", "one")), h.evaluator(t, "e", "m")
	want := h.monitor(t, &p, []file.Ref{byVersion(&e)}, nil).Monitors
	two := h.save(t, prompt("p", "two"))
	equal(t, "saved", want, two.Monitors)
	all, err := h.Versions(t.Context(), file.PromptKind, p.File.ID)
	must(t, err)
	equal(t, "versions", [][]file.Monitor{want, want}, [][]file.Monitor{all[0].Monitors, all[1].Monitors})
	list, _, err := h.Files(t.Context(), store.FileFilter{Page: page(1, 10)})
	must(t, err)
	equal(t, "list", [][]file.Monitor{want, nil}, [][]file.Monitor{list[0].Monitors, list[1].Monitors})
}

func monitorsOfDeleted(t *testing.T, h *harness) {
	p, e, f := h.save(t, prompt("p", "m")), h.evaluator(t, "e", "m"), h.evaluator(t, "f", "m")
	h.monitor(t, &p, []file.Ref{byVersion(&e), byVersion(&f), h.inEnvironment(t, &e, "production")}, nil)
	must(t, h.DeleteFile(t.Context(), file.EvaluatorKind, e.File.ID))
	got := h.current(t, &p)
	equal(t, "number of monitors", 1, len(got.Monitors))
	equal(t, "monitor", f.Version.ID, got.Monitors[0].VersionID)
}

func monitorsOfDeletedVersion(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	h.evaluator(t, "e", "one")
	two := h.evaluator(t, "e", "two")
	h.monitor(t, &p, []file.Ref{byVersion(&two)}, nil)
	must(t, h.DeleteVersion(t.Context(), file.EvaluatorKind, two.File.ID, two.Version.ID))
	h.evaluator(t, "e", "two") // comes back, and monitors nothing
	equal(t, "monitors", nil, h.current(t, &p).Monitors)
}

func variable(name, value string) store.ToolVariable {
	return store.ToolVariable{Name: name, Sealed: []byte(value)}
}

func variablesKept(t *testing.T, h *harness) {
	tool, other := h.save(t, saveOf(file.ToolKind, "t", "m")), h.save(t, saveOf(file.ToolKind, "u", "m"))
	id := tool.File.ID
	put := func(list ...store.ToolVariable) []store.ToolVariable {
		t.Helper()
		all, err := h.PutToolVariables(t.Context(), id, list)
		must(t, err)
		return all
	}
	equal(t, "none", nil, put())
	put(variable("b", "\x00\xff"), variable("ü", "3"))
	want := []store.ToolVariable{variable("B", "2"), variable("b", "new"), variable("ü", "3")}
	equal(t, "put", want, put(variable("b", "lost"), variable("B", "2"), variable("b", "new")))
	before := h.Moment()
	rest, err := h.DeleteToolVariable(t.Context(), id, "B")
	must(t, err)
	equal(t, "rest", want[1:], rest)
	equal(t, "one change", true, h.passed(before, 1))
	h.reopen(t)
	got, err := h.ToolVariables(t.Context(), id)
	must(t, err)
	equal(t, "after opening again", want[1:], got)
	none, err := h.ToolVariables(t.Context(), other.File.ID)
	must(t, err)
	equal(t, "of another Tool", nil, none)
}

func variablesRefuse(t *testing.T, h *harness) {
	p, tool := h.save(t, prompt("p", "m")), h.save(t, saveOf(file.ToolKind, "t", "m"))
	_, err := h.ToolVariables(t.Context(), p.File.ID)
	is(t, err, errs.ToolNotFound)
	_, err = h.PutToolVariables(t.Context(), "tl_x", nil)
	is(t, err, errs.ToolNotFound)
	_, err = h.DeleteToolVariable(t.Context(), "tl_x", "a")
	is(t, err, errs.ToolNotFound)
	_, err = h.DeleteToolVariable(t.Context(), tool.File.ID, "no\x00body")
	says(t, err, errs.ResourceNotFound, "The Tool `"+tool.File.ID+"` has no environment variable \"no\\x00body\".")
	for _, name := range []string{"", "a\x00", "\xff"} {
		_, err = h.PutToolVariables(t.Context(), tool.File.ID, []store.ToolVariable{variable("a", "1"), variable(name, "x")})
		is(t, err, errs.ValidationFailed)
	}
	list, err := h.ToolVariables(t.Context(), tool.File.ID)
	must(t, err)
	equal(t, "untouched", nil, list)
}

func variablesErased(t *testing.T, h *harness) {
	tool := h.save(t, saveOf(file.ToolKind, "t", "m"))
	_, err := h.PutToolVariables(t.Context(), tool.File.ID, []store.ToolVariable{variable("a", "1")})
	must(t, err)
	must(t, h.DeleteFile(t.Context(), file.ToolKind, tool.File.ID))
	_, err = h.ToolVariables(t.Context(), tool.File.ID)
	is(t, err, errs.ToolNotFound)
	again := h.save(t, saveOf(file.ToolKind, "t", "m"))
	list, err := h.ToolVariables(t.Context(), again.File.ID)
	must(t, err)
	equal(t, "of a new Tool at the same path", nil, list)
}
