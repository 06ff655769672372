package browse

import (
	"cmp"
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

type listTree struct {
	ID          string   `query:"id" doc:"Only the File with this id, if the other filters take it."`
	Directory   string   `query:"directory" doc:"The path of a directory: Files in it and below it."`
	Kind        []string `query:"kind" enum:"prompt,tool,dataset,evaluator,flow,agent" doc:"Kinds; several mean any of them."`
	Environment string   `query:"environment" doc:"The name of an environment: Files with a version deployed there."`
	Tag         []string `query:"tag" doc:"Tags; several mean all of them."`
	Q           string   `query:"q" doc:"Words that the path or the description contains, in upper or lower case."`
	Differs     *bool    `query:"differs" doc:"Only Files whose newest saved version is another than the one in the default environment, or only the others."`
	Sort        string   `query:"sort" default:"path" enum:"path,name,updated_at,created_at,last_used_at"`
	Order       string   `query:"order" default:"asc" enum:"asc,desc"`
	Size        int      `query:"size" default:"1000" min:"1" max:"5000" doc:"Files per page."`
	Cursor      string   `query:"cursor" doc:"The member next of the page before."`
}

// tree reads all Files of the directory, or one File: a few queries over columns that are short. Filters and order are those of people, so they are applied here.
func (h *handlers) tree(ctx context.Context, in *listTree) (*Tree, error) {
	rows, err := h.rows(ctx, in)
	if err != nil {
		return nil, err
	}
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	shown, err := h.shown(ctx)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(row store.FileRow) bool { return !in.selects(&row) })
	out := &Tree{Directories: []TreeDirectory{}, Files: []TreeFile{}, Total: len(rows)}
	if in.Cursor == "" && in.ID == "" {
		if out.Directories, err = h.directories(ctx, in.Directory); err != nil {
			return nil, err
		}
	}
	sorted := in.sorted(rows)
	if in.Cursor != "" {
		sorted = sorted[in.from(sorted, after):]
	}
	for _, row := range sorted[:min(len(sorted), in.Size)] {
		out.Files = append(out.Files, shown.file(row.FileRow))
	}
	if len(sorted) > in.Size {
		out.Next = sorted[in.Size-1].cursor()
	}
	return out, nil
}

// rows returns the File with the id, or those of the directory.
func (h *handlers) rows(ctx context.Context, in *listTree) ([]store.FileRow, error) {
	if in.ID == "" {
		rows, err := h.o.DB.FileRows(ctx, in.Directory)
		return rows, errs.About(err, errs.DirectoryNotFound, "directory")
	}
	row, err := h.o.DB.FileRowByID(ctx, in.ID)
	if err != nil {
		return nil, errs.About(err, errs.FileNotFound, "id")
	}
	return []store.FileRow{row}, nil
}

// selects reports whether the filters take a File.
func (in *listTree) selects(row *store.FileRow) bool {
	text := ""
	if in.Q != "" {
		text = strings.ToLower(row.Path + "\n" + row.Description)
	}
	for word := range strings.FieldsSeq(strings.ToLower(in.Q)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	for _, tag := range in.Tag {
		if !slices.Contains(row.Tags, tag) {
			return false
		}
	}
	there := func(d store.Deployed) bool { return d.Environment.Name == in.Environment }
	return (len(in.Kind) == 0 || slices.Contains(in.Kind, string(row.Kind))) &&
		(in.Environment == "" || slices.ContainsFunc(row.Deployed, there)) &&
		(in.Differs == nil || *in.Differs == row.Differs)
}

// place is where a File stands in the order: by a key, and Files with the same key by their ids.
type place struct{ key, id string }

// place returns the place of a File. Times as keys have the order of their texts.
func (in *listTree) place(row *store.FileRow) place {
	instant := func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000") }
	switch in.Sort {
	case "name":
		return place{strings.ToLower(row.Name()), row.ID}
	case "updated_at":
		return place{instant(row.UpdatedAt), row.ID}
	case "created_at":
		return place{instant(row.CreatedAt), row.ID}
	case "last_used_at":
		return place{instant(row.LastUsedAt), row.ID}
	}
	return place{row.Path, row.ID}
}

// placed is a File with its place.
type placed struct {
	place
	*store.FileRow
}

// sorted returns the Files in order.
func (in *listTree) sorted(rows []store.FileRow) []placed {
	list := make([]placed, len(rows))
	for i := range rows {
		list[i] = placed{in.place(&rows[i]), &rows[i]}
	}
	slices.SortFunc(list, func(a, b placed) int { return in.compare(a.place, b.place) })
	return list
}

func (in *listTree) compare(a, b place) int {
	c := cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.id, b.id))
	if in.Order == "desc" {
		return -c
	}
	return c
}

// from returns the index of the first of the sorted Files after a place.
func (in *listTree) from(list []placed, after place) int {
	i, found := slices.BinarySearchFunc(list, after, func(row placed, p place) int { return in.compare(row.place, p) })
	if found {
		i++
	}
	return i
}

func (p place) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(p.id + " " + p.key))
}

// after reads the cursor.
func (in *listTree) after() (place, error) {
	text, err := base64.RawURLEncoding.DecodeString(in.Cursor)
	id, key, ok := strings.Cut(string(text), " ")
	if in.Cursor != "" && (err != nil || !ok) {
		return place{}, errBadCursor()
	}
	return place{key, id}, nil
}

func errBadCursor() error { return errs.Invalid("This is no cursor that an answer had.", "cursor") }

// directories returns the directory at a path and those below it, by path.
func (h *handlers) directories(ctx context.Context, path string) ([]TreeDirectory, error) {
	all, err := h.o.DB.Directories(ctx)
	path = strings.Trim(path, "/")
	out := make([]TreeDirectory, 0, len(all))
	for i := range all {
		d := &all[i]
		if path != "" && d.Path != path && !strings.HasPrefix(d.Path, path+"/") {
			continue
		}
		out = append(out, TreeDirectory{ID: d.ID, Path: d.Path, Name: file.BaseName(d.Path), ParentID: v5.DirectoryOf(d).ParentID, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt})
	}
	return out, err
}
