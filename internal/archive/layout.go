// Package archive brings what Humanloop's export tool wrote into a database.
//
// The layout is that of the tool:
//
//	files/ID/file.json                     the File
//	files/ID/deployments.json              which version is deployed where
//	files/ID/versions/VERSION              a version
//	files/ID/datapoints/VERSION/N.jsonl    the datapoints of a version of a Dataset, one a line
//	files/ID/logs/N.jsonl                  the Logs, one a line
//	files/ID/evaluations/ID/               evaluation.json, stats.json, runs/RUN, logs/N.jsonl
//	files/ID/.done                         the File is complete
//
// What is read was written by others. It is read within limits, links of the file system are refused, and a fault is told with its file and line.
package archive

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"

	"github.com/openloop-server/openloop/internal/json"
)

const (
	// maxDocument is the most bytes of a file that is read at once.
	maxDocument = 64 << 20
	// maxLine is the most bytes of a line.
	maxLine = 64 << 20
	// maxID is the most bytes of an id.
	maxID = 256
)

// Fault is an error of what is read: in a file of the export, and, unless Line is 0, at one of its lines.
type Fault struct {
	File   string // within the export, with slashes
	Line   int
	Reason string
}

// Error implements error.
func (f *Fault) Error() string {
	if f.Line == 0 {
		return f.File + ": " + f.Reason
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Reason)
}

// tree is the folder of an export. Nothing outside of it is read.
type tree struct{ root *os.Root }

// openTree opens an export. Its folder has the folder `files`.
func openTree(dir string) (*tree, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, &Fault{File: dir, Reason: "The folder cannot be read: " + SystemReason(err) + "."}
	}
	t := &tree{root}
	info, err := root.Lstat("files")
	if err != nil || !info.IsDir() {
		_ = root.Close()
		return nil, &Fault{File: dir, Reason: "This is no export: it has no folder `files`. Name the folder with the time in its name, such as exports/20250605-120000."}
	}
	return t, nil
}

func (t *tree) close() { _ = t.root.Close() }

// SystemReason is the reason of an error of the file system, without the path.
func SystemReason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return "it is missing or unreadable"
}

// names lists the entries of a folder, sorted; nil if there is none. Entries that are neither files nor folders are a fault.
func (t *tree) names(dir string) ([]string, error) {
	entries, err := fs.ReadDir(t.root.FS(), dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, &Fault{File: dir, Reason: SystemReason(err)}
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		if !e.IsDir() && !e.Type().IsRegular() {
			return nil, &Fault{File: path.Join(dir, e.Name()), Reason: "It is neither a file nor a folder: an export has no links."}
		}
		names = append(names, e.Name())
	}
	return names, nil
}

// open opens a regular file.
func (t *tree) open(name string) (*os.File, error) {
	info, err := t.root.Lstat(name)
	if err == nil && !info.Mode().IsRegular() {
		return nil, &Fault{File: name, Reason: "It is no regular file."}
	}
	if err != nil {
		return nil, &Fault{File: name, Reason: SystemReason(err)}
	}
	f, err := t.root.Open(name)
	if err != nil {
		return nil, &Fault{File: name, Reason: SystemReason(err)}
	}
	return f, nil
}

// has reports whether there is a regular file.
func (t *tree) has(name string) bool {
	info, err := t.root.Lstat(name)
	return err == nil && info.Mode().IsRegular()
}

// document reads a file that is one JSON value, and decodes it.
func (t *tree) document(name string, into any) (json.Value, error) {
	f, err := t.open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, maxDocument+1))
	switch {
	case err != nil:
		return nil, &Fault{File: name, Reason: SystemReason(err)}
	case len(raw) > maxDocument:
		return nil, &Fault{File: name, Reason: fmt.Sprintf("It is longer than %d MB.", maxDocument>>20)}
	}
	return raw, decode(raw, into, name, 0)
}

// decode decodes what stands in a line of a file, or in the whole file if line is 0.
func decode(raw json.Value, into any, name string, line int) error {
	if err := json.UnmarshalForeign(raw, into); err != nil {
		return fault(raw, err, name, line)
	}
	return nil
}

// fault is the fault of what could not be decoded because of err.
func fault(raw json.Value, err error, name string, line int) error {
	if f, ok := errors.AsType[*Fault](err); ok {
		return &Fault{File: name, Line: line, Reason: f.Reason}
	}
	why := json.Describe(raw, err)
	if line == 0 {
		line = why.Line
	}
	if why.Pointer != "" {
		why.Reason += ", at " + why.Pointer
	}
	return &Fault{File: name, Line: line, Reason: "This is not the JSON that was expected: " + why.Reason + "."}
}

var pageName = regexp.MustCompile(`^[1-9][0-9]{0,8}\.jsonl$`)

// pages lists the files 1.jsonl, 2.jsonl, … of a folder in their order, with its path.
func (t *tree) pages(dir string) ([]string, error) {
	names, err := t.names(dir)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if !pageName.MatchString(name) && !hidden(name) {
			return nil, &Fault{File: path.Join(dir, name), Reason: "It is no file of an export: 1.jsonl, 2.jsonl and so on are."}
		}
	}
	names = slices.DeleteFunc(names, hidden)
	number := func(name string) int {
		n, _ := strconv.Atoi(name[:len(name)-len(".jsonl")])
		return n
	}
	slices.SortFunc(names, func(a, b string) int { return number(a) - number(b) })
	for i, name := range names {
		if number(name) != i+1 {
			return nil, &Fault{File: path.Join(dir, strconv.Itoa(i+1)+".jsonl"), Reason: "It is missing, and " + name + " is there."}
		}
		names[i] = path.Join(dir, name)
	}
	return names, nil
}

// hidden reports whether name is that of a file which systems make by themselves, as .DS_Store.
func hidden(name string) bool { return name[0] == '.' }

var plainID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// IsID reports whether id can be that of a File, a version, a Run and so on. Logs have any.
func IsID(id string) bool { return len(id) <= maxID && plainID.MatchString(id) }
