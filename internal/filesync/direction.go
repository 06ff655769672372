package filesync

import (
	"context"
	"errors"

	"github.com/openloop-server/openloop/internal/promptfile"
)

// direction has the differences between pull and push.
type direction interface {
	// sides are the source and the target of a file.
	sides(here, there side) (source, target side)
	// places name the source and the target.
	places() (source, target string)
	// problem says why a file cannot be handled, or "".
	problem(e *pair) string
	// texts are the texts of the target before and after.
	texts(e *pair) (before, after string)
	// apply does what was decided and stores it in the state.
	apply(ctx context.Context, r *run, e *pair, a Action) error
}

const (
	atHome = "here"
	away   = "on the server"
)

// pull goes from the server to the folder.
type pull struct{}

func (pull) sides(here, there side) (source, target side) { return there, here }

func (pull) places() (source, target string) { return away, atHome }

func (pull) problem(e *pair) string {
	switch {
	case e.problem != "":
		return e.problem
	case e.remote != nil && e.format.show == nil && e.remote.Raw == "":
		return "the server sent no text of it"
	case e.remote != nil && e.remote.err != nil:
		return "what the server has cannot be read: " + said(e.remote.err)
	default:
		return ""
	}
}

func (pull) texts(e *pair) (before, after string) {
	if e.local != nil {
		before = e.local.raw
	}
	if e.remote != nil {
		after = e.remote.raw
	}
	return before, after
}

func (pull) apply(ctx context.Context, r *run, e *pair, a Action) error {
	switch a {
	case New, Changed:
		if err := r.folder.write(e.name, []byte(e.remote.raw)); err != nil {
			return err
		}
		r.state.Files[e.name] = synced{ID: e.remote.ID, VersionID: e.remote.VersionID, Seen: e.remote.VersionID, Hash: e.remote.hash}
		return nil
	case Deleted:
		// A File may be missing in a list because another was deleted while its pages were read.
		found, err := r.Client.find(ctx, e.path, "")
		if err != nil {
			return err
		}
		if found != nil && found.Type == e.format.kind {
			return errors.New("it is on the server after all; try again")
		}
		return r.folder.remove(e.name)
	case InStep, Alone, Kept, Conflict, Failed, Deployed:
	}
	return nil
}

// push goes from the folder to the server.
type push struct{}

func (push) sides(here, there side) (source, target side) { return here, there }

func (push) places() (source, target string) { return atHome, away }

func (push) problem(e *pair) string {
	switch {
	case e.problem != "":
		return e.problem
	case e.local != nil && e.local.err != nil:
		return said(e.local.err)
	default:
		return ""
	}
}

func (push) texts(e *pair) (before, after string) {
	if e.remote != nil {
		before = e.remote.raw
	}
	if e.local != nil {
		after = e.local.raw
		if text, err := promptfile.Format(e.local.content); err == nil {
			after = text
		}
	}
	return before, after
}

func (push) apply(ctx context.Context, r *run, e *pair, a Action) error {
	switch a {
	case New, Changed:
		made, err := r.Client.upsert(ctx, e.path, e.format, e.local.content)
		if err != nil {
			return err
		}
		held := synced{ID: made.ID, VersionID: made.VersionID, Hash: e.local.hash}
		switch {
		case made.uses(r.Environment):
			held.Seen = made.VersionID
		case e.remote != nil:
			held.Seen = e.remote.VersionID
		}
		r.state.Files[e.name] = held
		return nil
	case Deleted:
		return r.Client.delete(ctx, e.format.kind, e.remote.ID)
	case InStep, Alone, Kept, Conflict, Failed, Deployed:
	}
	return nil
}
