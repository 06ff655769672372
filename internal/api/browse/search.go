package browse

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

type search struct {
	Q    string   `query:"q" required:"true" minlen:"1" maxlen:"200" doc:"Words, a path, or an id or its beginning."`
	Type []string `query:"type" enum:"file,directory,version,environment,log,evaluation,run,api_key" doc:"What to look for; several mean any of them, none means everything."`
	Size int      `query:"size" default:"20" min:"1" max:"100" doc:"Hits at most."`
}

// search looks for the query among the names of everything, and where it may be an id, or the beginning of one, among the ids.
func (h *handlers) search(ctx context.Context, in *search) (*Hits, error) {
	f := finding{handlers: h, in: in, query: queryOf(in.Q)}
	for _, one := range []struct {
		kinds []string
		find  func(*finding, context.Context) error
	}{
		{[]string{"file", "directory", "version"}, (*finding).findNames}, {[]string{"version"}, (*finding).findVersions}, {[]string{"environment"}, (*finding).findEnvironments},
		{[]string{"log"}, (*finding).findLogs}, {[]string{"evaluation"}, (*finding).findEvaluations}, {[]string{"run"}, (*finding).findRuns}, {[]string{"api_key"}, (*finding).findKeys},
	} {
		if !slices.ContainsFunc(one.kinds, f.wants) {
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
	found []ranked
}

func (f *finding) wants(kind string) bool {
	return len(f.in.Type) == 0 || slices.Contains(f.in.Type, kind)
}

// ranked is a hit with what it is ordered by.
type ranked struct {
	Hit
	match  match
	length int // of what was found: of equal matches the shorter is closer
	order  int // of equal lengths, those that were added first come first
}

// add adds a hit if the query matches its id or its name.
func (f *finding) add(hit Hit, name string) { f.addEntry(&entry{hit, strings.ToLower(name), ""}) }

func (f *finding) addEntry(e *entry) {
	f.addMatch(e.hit, f.query.matches(e.hit.ID, e.name, e.more), len(e.name))
}

// addMatch adds what matches so well by something with a length.
func (f *finding) addMatch(hit Hit, m match, length int) {
	if m == noMatch {
		return
	}
	hit.Match = m.String()
	f.found = append(f.found, ranked{hit, m, length, len(f.found)})
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

func (f *finding) findNames(ctx context.Context) error {
	all, err := f.names.all(ctx, f.o.DB)
	if err != nil {
		return err
	}
	for i := range all {
		if f.wants(all[i].hit.Type) {
			f.addEntry(&all[i])
		}
	}
	return nil
}

// findVersions finds versions by their ids. Those with names are found by these too, so that they are left out here.
func (f *finding) findVersions(ctx context.Context) error {
	if !f.query.mayBeID() {
		return nil
	}
	list, err := f.o.DB.VersionsWithID(ctx, f.query.text, f.in.Size)
	for i := range list {
		if e := versionEntry(&list[i]); e.name == "" && e.more == "" {
			f.addEntry(&e)
		}
	}
	return err
}

func (f *finding) findEnvironments(ctx context.Context) error {
	all, err := f.o.DB.Environments(ctx)
	for i := range all {
		f.add(Hit{Type: "environment", ID: all[i].ID, Title: all[i].Name, Detail: "Environment"}, all[i].Name)
	}
	return err
}

func (f *finding) findLogs(ctx context.Context) error {
	if strings.HasPrefix(f.query.text, string(ids.Request)+"_") {
		return f.findLogsOfRequest(ctx)
	}
	if !strings.HasPrefix(f.query.text, string(ids.Log)+"_") {
		return nil
	}
	list, err := f.o.DB.LogsWithID(ctx, f.query.text, f.in.Size)
	for i := range list {
		f.addNamed("log", &list[i])
	}
	return err
}

// lookFor is how long a search looks into Logs at most.
const lookFor = 150 * time.Millisecond

// findLogsOfRequest finds the Logs that a request made by the whole id of the request.
func (f *finding) findLogsOfRequest(ctx context.Context) error {
	made := trace.RowFilter{Facts: map[trace.Fact]trace.Choice{trace.FactRequest: {Any: []string{f.query.text}}}}
	page, err := f.o.DB.LogRows(ctx, &trace.RowList{Filter: made, Order: trace.NewestFirst, Size: f.in.Size, Budget: lookFor})
	if err != nil {
		return err
	}
	for _, row := range page.Rows {
		f.addMatch(Hit{Type: "log", ID: row.ID, Title: row.ID, Detail: row.Path, FileID: row.FileID, Kind: row.Kind}, atID, 0)
	}
	return nil
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

// addNamed adds what belongs to a File.
func (f *finding) addNamed(kind string, n *store.Named) {
	f.add(Hit{Type: kind, ID: n.ID, Title: cmp.Or(n.Name, n.ID), Detail: n.File.Path, FileID: n.File.ID, Kind: n.File.Kind, EvaluationID: n.EvaluationID}, n.Name)
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
