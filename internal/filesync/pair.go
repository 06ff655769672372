package filesync

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// pair is everything that is known about one file.
type pair struct {
	name, path string
	format     format
	base       synced // when known
	known      bool   // the two sides were in step before
	local      *text  // nil: there is none
	remote     *version
	problem    string // with the name, or with reading it
}

// version is what the server has.
type version struct {
	remote
	text
	unread bool // of the text, only the hash is known, or nothing
}

// pairs reads both sides and joins them by name, in the order of names.
func (r *run) pairs(ctx context.Context) ([]*pair, error) {
	all := map[string]*pair{}
	if err := r.readFolder(all); err != nil {
		return nil, err
	}
	for name, base := range r.state.Files {
		if e := r.pair(all, name); e != nil {
			e.base, e.known = base, true
		}
	}
	if err := r.readServer(ctx, all); err != nil {
		return nil, err
	}
	if r.Path != "" && len(all) == 0 {
		return nil, fmt.Errorf("there is nothing at %s, neither in the folder nor on the server", r.Path)
	}
	list := slices.SortedFunc(maps.Values(all), func(a, b *pair) int { return strings.Compare(a.name, b.name) })
	checkNames(list)
	return list, nil
}

// pair is the pair of a name, nil if the name is out of scope.
func (r *run) pair(all map[string]*pair, name string) *pair {
	if r.Path != "" && name != r.Path && !strings.HasPrefix(name, r.Path+"/") {
		return nil
	}
	if e, ok := all[name]; ok {
		return e
	}
	path, f, ok := splitName(name)
	if !ok || !slices.Contains(r.Kinds, f.kind) {
		return nil
	}
	all[name] = &pair{name: name, path: path, format: f}
	return all[name]
}

func (r *run) readFolder(all map[string]*pair) error {
	names, err := r.folder.names()
	if err != nil {
		return err
	}
	for _, name := range names {
		e := r.pair(all, name)
		if e == nil {
			continue
		}
		raw, err := r.folder.read(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			e.problem = err.Error()
		}
		e.local = new(e.format.read(string(raw)))
	}
	return nil
}

func (r *run) readServer(ctx context.Context, all map[string]*pair) error {
	list, err := r.files(ctx)
	if err != nil {
		return err
	}
	known := formats()
	for _, file := range list {
		i := slices.IndexFunc(known, func(f format) bool { return f.kind == file.Type })
		if i < 0 {
			continue
		}
		f := known[i]
		e := r.pair(all, file.Path+f.suffix)
		switch {
		case e == nil:
		case !f.apart:
			e.remote = &version{remote: file, text: f.received(&file)}
		case e.base.VersionID == file.VersionID:
			e.remote = &version{remote: file, text: text{hash: e.base.Hash}, unread: true}
		default:
			e.remote = &version{remote: file, unread: true}
		}
	}
	return nil
}

// load asks for content that lists do not show. It does not if the folder is known to have it, or if nothing is compared with it.
func (r *run) load(ctx context.Context, e *pair) error {
	_, pushing := r.direction.(push)
	if e.remote == nil || !e.remote.unread || e.equal() || pushing && e.local == nil {
		return nil
	}
	record, err := r.Client.whole(ctx, e.format.kind, e.remote.ID, e.remote.VersionID)
	if err != nil {
		return err
	}
	e.remote.record, e.remote.unread = record, false
	e.remote.text = e.format.received(&e.remote.remote)
	return nil
}

// files asks the server for what is in scope.
func (r *run) files(ctx context.Context) ([]remote, error) {
	path, _, single := splitName(r.Path)
	if !single {
		return r.Client.list(ctx, r.Kinds, r.Path, r.Environment)
	}
	found, err := r.Client.find(ctx, path, r.Environment)
	if err != nil || found == nil {
		return nil, err
	}
	return []remote{*found}, nil
}

// checkNames finds names that a folder cannot have. Names that are in the folder come first, since it has them.
func checkNames(list []*pair) {
	seen := spellings{}
	for _, inFolder := range []bool{true, false} {
		for _, e := range list {
			if e.problem != "" || (e.local != nil) != inFolder {
				continue
			}
			e.problem = checkName(e.name)
			if other := seen.add(e.name); other != "" && e.problem == "" {
				e.problem = fmt.Sprintf("the name differs from %s in upper and lower case alone, which many systems take for the same", other)
			}
		}
	}
}

// sides are the file in the folder and on the server.
func (e *pair) sides() (here, there side) {
	if e.local != nil {
		here = side{exists: true, changed: e.local.err != nil || e.local.hash != e.base.Hash}
	} else {
		here.changed = e.known
	}
	if e.remote != nil {
		there = side{exists: true, changed: e.remote.VersionID != e.base.Seen && (e.remote.err != nil || e.remote.hash != e.base.Hash)}
	} else {
		there.changed = e.base.Seen != ""
	}
	return here, there
}

// equal reports whether both sides have the same content.
func (e *pair) equal() bool {
	return e.local != nil && e.remote != nil && e.local.err == nil && e.remote.err == nil && e.local.hash == e.remote.hash
}
