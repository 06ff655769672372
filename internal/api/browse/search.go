package browse

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/store"
)

type search struct {
	Q    string   `query:"q" required:"true" minlen:"1" maxlen:"200" doc:"Words, a path, or an id or its beginning."`
	Type []string `query:"type" enum:"file,directory,version,environment,log,evaluation,run,api_key" doc:"What to look for; several mean any of them, none means everything."`
	Size int      `query:"size" default:"20" min:"1" max:"100" doc:"Hits at most."`
}

// search looks for the query among the names of everything, and where it may be an id, or the beginning of one, among the ids.
func (h *handlers) search(ctx context.Context, in *search) (*Hits, error) {
	files, err := h.o.DB.FileNames(ctx)
	if err != nil {
		return nil, err
	}
	f := finding{handlers: h, in: in, query: queryOf(in.Q), files: files}
	for _, one := range []struct {
		kind string
		find func(*finding, context.Context) error
	}{
		{"file", (*finding).findFiles}, {"directory", (*finding).findDirectories}, {"version", (*finding).findVersions}, {"environment", (*finding).findEnvironments},
		{"log", (*finding).findLogs}, {"evaluation", (*finding).findEvaluations}, {"run", (*finding).findRuns}, {"api_key", (*finding).findKeys},
	} {
		if len(in.Type) > 0 && !slices.Contains(in.Type, one.kind) {
			continue
		}
		if err := one.find(&f, ctx); err != nil {
			return nil, err
		}
	}
	return &Hits{f.best()}, nil
}

// finding is one search.
type finding struct {
	*handlers
	in    *search
	query query
	files []store.FileName
	found []ranked
}

// ranked is a hit with what it is ordered by.
type ranked struct {
	Hit
	match  match
	length int // of what was found: of equal matches the shorter is closer
	order  int // of equal lengths, those that were added first come first
}

// add adds a hit if the query matches any of texts, of which the first is its title.
func (f *finding) add(hit Hit, texts ...string) {
	m := f.query.matches(hit.ID, texts...)
	if m == noMatch {
		return
	}
	hit.Match = m.String()
	f.found = append(f.found, ranked{hit, m, len(texts[0]), len(f.found)})
}

// best returns the best hits in order.
func (f *finding) best() []Hit {
	slices.SortFunc(f.found, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.match, b.match), cmp.Compare(a.length, b.length), cmp.Compare(a.Title, b.Title), cmp.Compare(a.order, b.order))
	})
	out := make([]Hit, min(len(f.found), f.in.Size))
	for i := range out {
		out[i] = f.found[i].Hit
	}
	return out
}

func (f *finding) findFiles(context.Context) error {
	for i := range f.files {
		one := &f.files[i]
		f.add(Hit{Type: "file", ID: one.ID, Title: one.Path, Detail: one.Kind.Spec().Title, FileID: one.ID, Kind: one.Kind}, one.Path)
	}
	return nil
}

func (f *finding) findDirectories(ctx context.Context) error {
	all, err := f.o.DB.Directories(ctx)
	for i := range all {
		if all[i].Path != "" {
			f.add(Hit{Type: "directory", ID: all[i].ID, Title: all[i].Path, Detail: "Directory"}, all[i].Path)
		}
	}
	return err
}

func (f *finding) findVersions(ctx context.Context) error {
	list, err := f.o.DB.VersionsNamed(ctx, f.files, func(name, description string) bool {
		return f.query.matches("", name, description) != noMatch
	})
	if err != nil {
		return err
	}
	if f.query.mayBeID() {
		byID, err := f.o.DB.VersionsWithID(ctx, f.files, f.query.text, f.in.Size)
		if err != nil {
			return err
		}
		list = append(list, byID...)
	}
	seen := map[string]bool{}
	for _, v := range list {
		if seen[v.ID] {
			continue
		}
		seen[v.ID] = true
		detail := strings.Join(slices.DeleteFunc([]string{v.File.Path, firstLine(v.Description)}, func(s string) bool { return s == "" }), " · ")
		f.add(Hit{Type: "version", ID: v.ID, Title: cmp.Or(v.Name, v.ID), Detail: detail, FileID: v.File.ID, Kind: v.File.Kind}, v.Name, v.Description)
	}
	return nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func (f *finding) findEnvironments(ctx context.Context) error {
	all, err := f.o.DB.Environments(ctx)
	for i := range all {
		f.add(Hit{Type: "environment", ID: all[i].ID, Title: all[i].Name, Detail: "Environment"}, all[i].Name)
	}
	return err
}

func (f *finding) findLogs(ctx context.Context) error {
	id := f.query.text
	if strings.HasPrefix(id, string(ids.Request)+"_") && f.o.LogOfRequest != nil {
		log, err := f.o.LogOfRequest(ctx, id)
		if err != nil {
			return err
		}
		id = log
	}
	if !strings.HasPrefix(id, string(ids.Log)+"_") {
		return nil
	}
	list, err := f.o.DB.LogsWithID(ctx, id, f.in.Size)
	for i := range list {
		f.addNamed("log", &list[i])
	}
	return err
}

func (f *finding) findEvaluations(ctx context.Context) error {
	list, err := f.o.DB.EvaluationNames(ctx)
	for i := range list {
		f.addNamed("evaluation", &list[i])
	}
	return err
}

func (f *finding) findRuns(ctx context.Context) error {
	if !strings.HasPrefix(f.query.text, string(ids.Run)+"_") {
		return nil
	}
	list, err := f.o.DB.RunsWithID(ctx, f.query.text, f.in.Size)
	for i := range list {
		f.addNamed("run", &list[i])
	}
	return err
}

// addNamed adds what belongs to a File. The Log of a request is found by the id of the request.
func (f *finding) addNamed(kind string, n *store.Named) {
	hit := Hit{Type: kind, ID: n.ID, Title: cmp.Or(n.Name, n.ID), Detail: n.File.Path, FileID: n.File.ID, Kind: n.File.Kind, EvaluationID: n.EvaluationID}
	if kind == "log" && !strings.HasPrefix(n.ID, f.query.text) {
		f.add(hit, f.query.text)
		return
	}
	f.add(hit, n.Name)
}

// findKeys is for admins, as all about keys is.
func (f *finding) findKeys(ctx context.Context) error {
	if !auth.From(ctx).Role.Allows(auth.Admin) {
		return nil
	}
	keys, err := f.o.DB.Keys(ctx)
	for i := range keys {
		detail := "API key, " + string(keys[i].Role)
		if !keys[i].RevokedAt.IsZero() {
			detail += ", revoked"
		}
		f.add(Hit{Type: "api_key", ID: keys[i].ID, Title: cmp.Or(keys[i].Name, keys[i].ID), Detail: detail}, keys[i].Name)
	}
	return err
}
