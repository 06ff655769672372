package browse

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/openloop-server/openloop/internal/store"
)

// names remembers what all Files, directories and versions are called by, until one of them changes: a search comes with every key that is pressed.
type names struct {
	mu     sync.Mutex
	moment uint64 // before known was read
	known  []entry
}

// entry is something that has a name.
type entry struct {
	hit  Hit
	name string // in lower case
	more string // what else it is found by, likewise
}

// maxMore is how many bytes of a description are searched.
const maxMore = 300

// all returns the entries, which must not be changed. Whoever comes while they are read waits for them.
func (n *names) all(ctx context.Context, db *store.DB) ([]entry, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.known != nil && !db.Since(n.moment, store.AnyFile) {
		return n.known, nil
	}
	moment := db.Moment()
	known, err := readNames(ctx, db)
	if err != nil {
		return nil, err
	}
	n.moment, n.known = moment, known
	return known, nil
}

func readNames(ctx context.Context, db *store.DB) ([]entry, error) {
	files, err := db.FileNames(ctx)
	if err != nil {
		return nil, err
	}
	directories, err := db.Directories(ctx)
	if err != nil {
		return nil, err
	}
	versions, err := db.VersionsNamed(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]entry, 0, len(files)+len(directories)+len(versions))
	for i := range files {
		f := &files[i]
		out = append(out, entry{Hit{Type: "file", ID: f.ID, Title: f.Path, Detail: f.Kind.Spec().Title, FileID: f.ID, Kind: f.Kind}, strings.ToLower(f.Path), ""})
	}
	for i := range directories {
		if d := &directories[i]; d.Path != "" {
			out = append(out, entry{Hit{Type: "directory", ID: d.ID, Title: d.Path, Detail: "Directory"}, strings.ToLower(d.Path), ""})
		}
	}
	for i := range versions {
		out = append(out, versionEntry(&versions[i]))
	}
	return out, nil
}

func versionEntry(v *store.VersionWords) entry {
	line, _, _ := strings.Cut(v.Description, "\n")
	line = line[:min(len(line), maxMore)]
	detail := strings.Join(slices.DeleteFunc([]string{v.File.Path, line}, func(s string) bool { return s == "" }), " · ")
	hit := Hit{Type: "version", ID: v.ID, Title: cmp.Or(v.Name, v.ID), Detail: detail, FileID: v.File.ID, Kind: v.File.Kind}
	return entry{hit, strings.ToLower(v.Name), strings.ToLower(line)}
}
