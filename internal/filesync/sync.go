// Package filesync synchronizes a folder of files with a server, in both directions. Package promptfile reads and writes the files.
//
// The folder follows an environment of the server: a pull gets the versions that are deployed there. The name of a file is the path of its
// File, and its text is the content of one version. The folder also stores the last synchronized version of each file. So a change on one side
// is carried to the other, a change on both sides is a conflict, and a missing file was either deleted or never there.
package filesync

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
)

// Options say what to synchronize, and how.
type Options struct {
	Client      *Client
	Dir         string      // of the folder
	Kinds       []file.Kind // of Files; empty is [DefaultKinds]
	Path        string      // a directory, or one File with its suffix; "" is all
	Environment string      // that the folder follows; "" is the default one
	Deploy      string      // of a push: an environment that the versions in the folder are deployed to; "" is none
	Delete      bool        // delete on the target what was deleted on the source
	Force       bool        // overwrite what changed on the target
	DryRun      bool        // change nothing

	Report func(Change) // gets every file that is not in step, in the order of names; may be nil
}

// Change is what a run did with a file, or would do if it is a dry run.
type Change struct {
	Name   string // in the folder
	Action Action
	Note   string // why, for people; may be empty
	Before string // the target's text, "" when it has none
	After  string // the text that it gets, or would get if there were no conflict
}

// Summary counts files by what was done with them.
type Summary map[Action]int

// Settled reports whether no file had a conflict or failed.
func (s Summary) Settled() bool { return s[Conflict]+s[Failed] == 0 }

// Pull makes the folder like the server. An error ends the run early; the folder still remembers what was done.
func Pull(ctx context.Context, o Options) (Summary, error) {
	return start(ctx, o, pull{})
}

// Push makes the server like the folder, by new versions. An error ends the run early; the folder still remembers what was done.
func Push(ctx context.Context, o Options) (Summary, error) {
	if _, err := os.Stat(o.Dir); err != nil {
		return nil, fmt.Errorf("the folder %s cannot be opened: %w", o.Dir, cause(err))
	}
	if o.Deploy != "" {
		if err := o.Client.knows(ctx, o.Deploy); err != nil {
			return nil, err
		}
	}
	return start(ctx, o, push{})
}

// run is one pull or push.
type run struct {
	Options
	direction
	folder *folder
	state  state
}

func start(ctx context.Context, o Options, d direction) (sum Summary, err error) {
	if o.Path != "" {
		var problem string
		if o.Path, problem = file.CleanPath(o.Path); problem != "" {
			return nil, errors.New(problem)
		}
	}
	if len(o.Kinds) == 0 {
		o.Kinds = DefaultKinds()
	}
	f, err := openFolder(o.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	name := stateName(o.Client.server)
	r := &run{Options: o, direction: d, folder: f}
	if r.state, err = loadState(f, name); err != nil {
		return nil, err
	}
	entries, err := r.pairs(ctx)
	if err != nil {
		return nil, err
	}
	sum, err = r.all(ctx, entries)
	if !o.DryRun {
		err = errors.Join(err, r.state.save(f, name))
	}
	return sum, err
}

func (r *run) all(ctx context.Context, entries []*pair) (Summary, error) {
	sum := Summary{}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return sum, err
		}
		done, err := r.one(ctx, e)
		for _, c := range done {
			sum[c.Action]++
			if r.Report != nil && c.Action != InStep && c.Action != Alone {
				r.Report(c)
			}
		}
		if err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// one brings one file in step and reports what it did. Its error ends the run.
func (r *run) one(ctx context.Context, e *pair) ([]Change, error) {
	if err := r.load(ctx, e); err != nil {
		return r.failed(Change{Name: e.name}, err)
	}
	c := r.plan(e)
	if !r.DryRun {
		if err := r.apply(ctx, r, e, c.Action); err != nil {
			return r.failed(c, err)
		}
		r.remember(e, c.Action)
	}
	if r.Deploy == "" || e.local == nil || c.Action != InStep && c.Action != New && c.Action != Changed {
		return []Change{c}, nil
	}
	due, err := r.deploy(ctx, e, c.Action)
	if err != nil {
		failed, err := r.failed(c, r.closed(err))
		return append([]Change{c}, failed...), err
	}
	if !due {
		return []Change{c}, nil
	}
	return []Change{c, {Name: e.name, Action: Deployed, Note: "deployed to " + r.Deploy}}, nil
}

// closed says of a gate that refuses a version that the version is saved all the same.
func (r *run) closed(err error) error {
	refused, ok := errors.AsType[*refusal](err)
	if !ok || refused.reason != errs.GateClosed {
		return err
	}
	return &refusal{refused.status, refused.reason, "saved, but not deployed to " + r.Deploy + ": " + refused.message}
}

func (r *run) failed(c Change, err error) ([]Change, error) {
	if isOutage(err) {
		return nil, err
	}
	return []Change{{Name: c.Name, Action: Failed, Note: err.Error()}}, nil
}

// plan tells what to do with a file.
func (r *run) plan(e *pair) Change {
	if problem := r.problem(e); problem != "" {
		return Change{Name: e.name, Action: Failed, Note: problem}
	}
	here, there := e.sides()
	source, target := r.sides(here, there)
	c := Change{Name: e.name, Action: decide(source, target, e.equal(), r.Delete, r.Force)}
	c.Note = r.note(e, c.Action, source, target)
	switch c.Action {
	case New, Changed, Deleted, Conflict:
		c.Before, c.After = r.texts(e)
	case InStep, Alone, Kept, Failed, Deployed:
	}
	return c
}

// note says why a file is left as it is.
func (r *run) note(e *pair, a Action, source, target side) string {
	from, to := r.places()
	switch {
	case a == Kept && !source.exists && from == away && r.Environment != "":
		return "no longer deployed to " + r.Environment
	case a == Kept && !source.exists:
		return "deleted " + from + "; --delete deletes it " + to
	case a == Kept:
		return target.verb() + " " + to
	case a == Conflict && !e.known:
		return "differs from the one " + to + ", and the two were never in step"
	case a == Conflict:
		return source.verb() + " " + from + " and " + target.verb() + " " + to
	default:
		return ""
	}
}

// remember notes what both sides have in common after a file was brought in step, when [direction.apply] did not.
func (r *run) remember(e *pair, a Action) {
	switch {
	case a == InStep && e.equal():
		r.state.Files[e.name] = synced{ID: e.remote.ID, VersionID: e.remote.VersionID, Seen: e.remote.VersionID, Hash: e.remote.hash}
	case a == Deleted, e.local == nil && e.remote == nil:
		delete(r.state.Files, e.name)
	}
}

// deploy deploys the version that the folder holds, unless it is deployed already, which it tells.
func (r *run) deploy(ctx context.Context, e *pair, a Action) (due bool, err error) {
	if r.DryRun && a != InStep {
		return true, nil
	}
	held, ok := r.state.Files[e.name]
	if r.DryRun && e.equal() {
		held, ok = synced{ID: e.remote.ID, VersionID: e.remote.VersionID}, true
	}
	if !ok {
		return false, nil
	}
	list, err := r.Client.environments(ctx, e.format.kind, held.ID)
	if err != nil {
		return false, err
	}
	for _, env := range list {
		if env.Name != r.Deploy || env.File != nil && env.File.VersionID == held.VersionID {
			continue
		}
		if r.DryRun {
			return true, nil
		}
		if err := r.Client.deploy(ctx, e.format.kind, held.ID, env.ID, held.VersionID); err != nil {
			return false, err
		}
		if r.Environment == env.Name || r.Environment == "" && env.Tag == file.DefaultTag {
			held.Seen = held.VersionID
			r.state.Files[e.name] = held
		}
		return true, nil
	}
	return false, nil
}

// said is an error in words for people.
func said(err error) string {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Message
	}
	return strings.TrimSuffix(err.Error(), ".")
}
