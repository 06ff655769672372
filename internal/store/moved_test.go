package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// TestMovedDatabaseAnswersTheSame moves a database to PostgreSQL and back. Lists, searches and facets answer as they did before, and statistics
// count what the Logs are; also those of Logs that come afterwards.
func TestMovedDatabaseAnswersTheSame(t *testing.T) {
	there := empty["postgres"](t)
	c := newCounting(t, databases["sqlite"](t), 7)
	c.appendTexts(t, 4200) // more than a segment of the index of searches
	c.update(t, 20)
	c.delete(t, 20)
	c.index(t)
	c.rollUp(t.Context(), t)
	want := c.answers(t)
	if total := want["search"].Total; total < 10 || total > 1000 {
		t.Errorf("%d Logs are found", total)
	}
	for _, to := range []store.Options{there, empty["sqlite"](t)} {
		c.move(t, to)
		if diff := cmp.Diff(want, c.answers(t)); diff != "" {
			t.Errorf("(-before +after):\n%s", diff)
		}
		c.check(t)
		c.appendTexts(t, 30)
		c.index(t)
		c.rollUp(t.Context(), t)
		c.check(t)
		want = c.answers(t)
	}
}

// move closes the database, copies it into an empty one, and opens that.
func (c *counting) move(t *testing.T, to store.Options) {
	t.Helper()
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Copy(t.Context(), placeOf(&c.options), placeOf(&to), store.CopyOptions{}); err != nil {
		t.Fatal(err)
	}
	to.Now = c.options.Now
	c.options, c.DB = to, open(t, to)
}

func placeOf(o *store.Options) store.Database { return store.Database{URL: o.URL, Path: o.Path} }

func (c *counting) appendTexts(t *testing.T, n int) {
	t.Helper()
	list := make([]*trace.Log, n)
	for i := range list {
		l := c.log()
		l.Payload.Inputs = json.Value(fmt.Sprintf(`{"q":"quark %d"}`, c.random.IntN(100)))
		list[i], c.logs[l.ID], c.present = l, l, append(c.present, l.ID)
	}
	if _, err := c.ImportLogs(t.Context(), list); err != nil {
		t.Fatal(err)
	}
}

func (c *counting) index(t *testing.T) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = c.IndexLogs(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// answer is what a list says.
type answer struct {
	Rows   []trace.Row
	Logs   []*trace.Log
	Facets *trace.Facets
	Total  int
}

// answers asks for several lists.
func (c *counting) answers(t *testing.T) map[string]answer {
	t.Helper()
	out := map[string]answer{}
	found := func(what string, a answer, err error) {
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		out[what] = a
	}
	search := trace.RowFilter{Search: "QUARK 17"}
	for what, list := range map[string]*trace.RowList{
		"newest":  {Order: trace.NewestFirst, Size: 50},
		"slowest": {Order: trace.ByLatency, Size: 50},
		"search":  {Filter: search, Order: trace.NewestFirst, Size: 50},
		"time":    {Filter: trace.RowFilter{From: c.options.Now().Add(-time.Hour)}, Order: trace.OldestFirst, Size: 50},
	} {
		page, err := c.LogRows(t.Context(), list)
		if err != nil {
			t.Fatal(err)
		}
		out[what] = answer{Rows: page.Rows, Total: page.Total}
	}
	for what, f := range map[string]trace.Filter{
		"Logs of a File": {FileID: c.files[0].File.ID, Newest: true},
		"Logs that hold": {FileID: c.files[0].File.ID, Search: "quark 3"},
		"Logs failed":    {FileID: c.files[0].File.ID, ErrorReason: "*"},
	} {
		f.Page = trace.Page{Size: 30}
		logs, total, err := c.Logs(t.Context(), f)
		found(what, answer{Logs: logs, Total: total}, err)
	}
	for _, field := range []trace.Field{trace.FieldPath, trace.FieldVersion, trace.FieldType} {
		facets, err := c.LogFacets(t.Context(), &trace.FacetList{Filter: search, Field: field, Limit: 20})
		found("facets of "+string(field), answer{Facets: facets}, err)
	}
	return out
}
