package archive

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Report says what an import did, or would do.
type Report struct {
	From   string            `json:"from"`    // the folder
	DryRun bool              `json:"dry_run"` // nothing was changed
	Counts map[string]*Count `json:"counts"`  // by what is counted, such as "prompts" or "logs"
	Notes  []Note            `json:"notes"`   // what is otherwise here than in the export, in the order in which it was found
	More   int               `json:"more"`    // notes that are not in the list, since there are too many
}

// Count counts objects of one sort.
type Count struct {
	Read int `json:"read"` // in the export, each once
	New  int `json:"new"`  // of these, that were not here
	Here int `json:"here"` // that were here already, and stay as they are
	Left int `json:"left"` // that were left out; a note says why
}

// Note is an object that is otherwise here than in the export.
type Note struct {
	Object string `json:"object"` // such as "prompt", "version", "log"
	ID     string `json:"id"`
	Path   string `json:"path,omitempty"` // of the File
	What   What   `json:"what"`
	Detail string `json:"detail"` // in one sentence
}

// What is the sort of a [Note].
type What string

// What an object can have become.
const (
	Renamed  What = "renamed"  // a File is at another path
	Mapped   What = "mapped"   // an environment has another id here
	Alias    What = "alias"    // a version has the content of another one, and its id stands for that
	Unknown  What = "unknown"  // members that have no place are among the attributes or the metadata
	Dangling What = "dangling" // what it names is not here
	Differs  What = "differs"  // it was here already, and is not the same
	LeftOut  What = "left_out" // it is not here
	Changed  What = "changed"  // a value was not what is allowed here
)

// maxNotes is the most notes that a report lists.
const maxNotes = 100_000

func newReport(from string, dryRun bool) *Report {
	return &Report{From: from, DryRun: dryRun, Counts: map[string]*Count{}, Notes: []Note{}}
}

// count returns the counter of a sort of objects.
func (r *Report) count(sort string) *Count {
	c := r.Counts[sort]
	if c == nil {
		c = new(Count)
		r.Counts[sort] = c
	}
	return c
}

func (r *Report) note(n Note) {
	if len(r.Notes) >= maxNotes {
		r.More++
		return
	}
	r.Notes = append(r.Notes, n)
}

// notef notes something of an object.
func (r *Report) notef(object, id, path string, what What, format string, args ...any) {
	r.note(Note{Object: object, ID: id, Path: path, What: what, Detail: fmt.Sprintf(format, args...)})
}

// sorts are the sorts of objects in the order of the text.
var sorts = []string{
	"authors", "environments", "directories", "prompts", "tools", "datasets", "evaluators", "flows", "agents", "versions", "deployments", "monitors",
	"datapoints", "logs", "evaluations", "runs",
}

// Write writes the report as text.
func (r *Report) Write(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	made := "NEW"
	if r.DryRun {
		made = "WOULD BE NEW"
	}
	_, _ = fmt.Fprintf(table, "\tIN THE EXPORT\t%s\tHERE ALREADY\tLEFT OUT\n", made)
	for _, sort := range sorts {
		if c := r.Counts[sort]; c != nil {
			_, _ = fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\n", sort, c.Read, c.New, c.Here, c.Left)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, n := range r.Notes {
		at := n.Object + " " + n.ID
		if n.Path != "" && !strings.HasPrefix(n.Detail, "`"+n.Path) {
			at += " (" + n.Path + ")"
		}
		if _, err := fmt.Fprintf(w, "%s: %s: %s\n", n.What, at, n.Detail); err != nil {
			return err
		}
	}
	if r.More > 0 {
		_, err := fmt.Fprintf(w, "and %d more\n", r.More)
		return err
	}
	return nil
}

// names joins names for a sentence.
func names(list []string) string {
	list = slices.Clone(list)
	slices.Sort(list)
	return "`" + strings.Join(slices.Compact(list), "`, `") + "`"
}
