package storetest

import (
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
)

var environments = map[string]func(*testing.T, *harness){
	"Environments are made and renamed":                 environmentsChange,
	"The default environment is chosen":                 defaultChanges,
	"An environment is deleted when nothing uses it":    environmentDeleted,
	"Deployments are counted by environment":            deploymentCounts,
	"What is remembered of Files knows of environments": environmentsAreForgotten,
}

// environmentTags are the tags of all environments by their names.
func (h *harness) environmentTags(t *testing.T) map[string]string {
	t.Helper()
	all, err := h.Environments(t.Context())
	must(t, err)
	tags := map[string]string{}
	for _, e := range all {
		tags[e.Name] = e.Tag
	}
	return tags
}

func environmentsChange(t *testing.T, h *harness) {
	made, err := h.CreateEnvironment(t.Context(), "canary")
	must(t, err)
	equal(t, "made", made, h.environment(t, "canary"))
	_, err = h.CreateEnvironment(t.Context(), "staging")
	says(t, err, errs.AlreadyExists, "There is an environment with the name `staging` already.")
	renamed, err := h.RenameEnvironment(t.Context(), made.ID, "blue")
	must(t, err)
	equal(t, "renamed", h.environment(t, "blue"), renamed)
	_, err = h.RenameEnvironment(t.Context(), made.ID, "production")
	is(t, err, errs.AlreadyExists)
	_, err = h.RenameEnvironment(t.Context(), "env_x", "green")
	is(t, err, errs.EnvironmentNotFound)
	equal(t, "environments", map[string]string{"blue": "other", "production": "default", "staging": "other", "development": "other"}, h.environmentTags(t))
}

func defaultChanges(t *testing.T, h *harness) {
	one, two := h.save(t, prompt("p", "one")), h.save(t, prompt("p", "two"))
	h.deploy(t, &one, "production")
	h.deploy(t, &two, "staging")
	got, err := h.SetDefaultEnvironment(t.Context(), h.environment(t, "staging").ID)
	must(t, err)
	equal(t, "default", h.environment(t, "staging"), got)
	equal(t, "environments", map[string]string{"production": "other", "staging": "default", "development": "other"}, h.environmentTags(t))
	equal(t, "the File stands for", two.Version.ID, h.current(t, &one).Version.ID)
	_, err = h.SetDefaultEnvironment(t.Context(), "env_x")
	is(t, err, errs.EnvironmentNotFound)
}

func environmentDeleted(t *testing.T, h *harness) {
	p, judge := h.save(t, prompt("p", "one")), h.save(t, saveOf(file.EvaluatorKind, "e", "1"))
	staging := h.environment(t, "staging").ID
	says(t, h.DeleteEnvironment(t.Context(), h.environment(t, "production").ID), errs.InUse,
		"Environment `production` is the default one. Make another one the default first.")
	is(t, h.DeleteEnvironment(t.Context(), "env_x"), errs.EnvironmentNotFound)

	h.deploy(t, &judge, "staging")
	says(t, h.DeleteEnvironment(t.Context(), staging), errs.InUse, "Environment `staging` has deployments (1). Remove them first.")
	activation := []store.Activation{{Ref: file.Ref{ID: judge.File.ID, Environment: staging}}}
	_, err := h.SetMonitors(t.Context(), file.PromptKind, p.File.ID, activation, nil)
	must(t, err)
	must(t, h.SetGate(t.Context(), file.PromptKind, p.File.ID, staging, json.Value(`{}`)))
	must(t, h.Undeploy(t.Context(), file.EvaluatorKind, judge.File.ID, staging, store.Terms{}))
	says(t, h.DeleteEnvironment(t.Context(), staging), errs.InUse,
		"Environment `staging` has Evaluators that monitor Files (1). Deactivate them first.")

	h.deploy(t, &p, "staging")
	must(t, h.DeleteFile(t.Context(), file.PromptKind, p.File.ID))
	must(t, h.DeleteEnvironment(t.Context(), staging))
	equal(t, "environments", map[string]string{"production": "default", "development": "other"}, h.environmentTags(t))
	_, err = h.Deploy(t.Context(), file.EvaluatorKind, judge.File.ID, staging, judge.Version.ID, store.Terms{})
	is(t, err, errs.EnvironmentNotFound)
}

func deploymentCounts(t *testing.T, h *harness) {
	p, q, gone := h.save(t, prompt("p", "one")), h.save(t, prompt("q", "one")), h.save(t, prompt("gone", "one"))
	for _, s := range []*file.Snapshot{&p, &q, &gone} {
		h.deploy(t, s, "staging")
	}
	must(t, h.DeleteFile(t.Context(), file.PromptKind, gone.File.ID))
	counts, err := h.DeploymentCounts(t.Context())
	must(t, err)
	equal(t, "counts", map[string]int{h.environment(t, "staging").ID: 2, h.environment(t, "production").ID: 2}, counts)
}

func environmentsAreForgotten(t *testing.T, h *harness) {
	id := h.environment(t, "development").ID
	for what, change := range map[string]func() error{
		"a rename":  func() error { return err2(h.RenameEnvironment(t.Context(), id, "dev")) },
		"a default": func() error { return err2(h.SetDefaultEnvironment(t.Context(), id)) },
	} {
		before := h.Moment()
		must(t, change())
		if !h.Since(before, store.Files) {
			t.Errorf("%s is nothing to forget", what)
		}
	}
}
