package filesync

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// folder is the synchronized folder. Names are slash-separated and relative to it. Nothing outside of it is ever read or written, and symbolic
// links in it are not followed.
type folder struct {
	root *os.Root // nil as long as there is no folder; writing makes it
	dir  string
}

func openFolder(dir string) (*folder, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return &folder{nil, dir}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the folder %s cannot be opened: %w", dir, cause(err))
	}
	return &folder{root, dir}, nil
}

// make makes the folder if there is none.
func (f *folder) make() error {
	if f.root != nil {
		return nil
	}
	err := os.MkdirAll(f.dir, 0o755) //nolint:gosec // a folder of the user's, as git makes it
	if err == nil {
		f.root, err = os.OpenRoot(f.dir)
	}
	if err != nil {
		return fmt.Errorf("the folder %s cannot be made: %w", f.dir, cause(err))
	}
	return nil
}

func (f *folder) close() error {
	if f.root == nil {
		return nil
	}
	return f.root.Close()
}

// place is a name as the user would write it.
func (f *folder) place(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

// names lists the files of a format. Links are among them, so that [folder.read] can say what is wrong with them.
func (f *folder) names() ([]string, error) {
	if f.root == nil {
		return nil, nil
	}
	var names []string
	err := fs.WalkDir(f.root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("%s cannot be read: %w", f.place(name), cause(err))
		}
		if entry.IsDir() && isReserved(entry.Name()) {
			return fs.SkipDir
		}
		if _, _, ok := splitName(name); ok && !entry.IsDir() {
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// read reads a file; an error of [fs.ErrNotExist] says that there is none.
func (f *folder) read(name string) ([]byte, error) {
	if f.root == nil {
		return nil, fs.ErrNotExist
	}
	if err := f.check(name); err != nil {
		return nil, err
	}
	raw, err := f.root.ReadFile(filepath.FromSlash(name))
	return raw, cause(err)
}

// write replaces a file atomically: after an interruption, and for readers, it has the old or the new text.
func (f *folder) write(name string, data []byte) error {
	if err := f.make(); err != nil {
		return err
	}
	if err := f.check(name); err != nil {
		return err
	}
	local := filepath.FromSlash(name)
	if err := f.root.MkdirAll(filepath.Dir(local), 0o755); err != nil {
		return cause(err)
	}
	temporary := filepath.Join(filepath.Dir(local), ".openloop-"+rand.Text()+".tmp")
	err := f.writeNew(temporary, data)
	if err == nil {
		err = f.root.Rename(temporary, local)
	}
	if err != nil {
		_ = f.root.Remove(temporary) // it may not be there
	}
	return cause(err)
}

func (f *folder) writeNew(local string, data []byte) error {
	out, err := f.root.OpenFile(local, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return errors.Join(err, out.Sync(), out.Close())
}

// remove deletes a file and the folders that it leaves empty.
func (f *folder) remove(name string) error {
	if err := f.check(name); err != nil {
		return err
	}
	if err := f.root.Remove(filepath.FromSlash(name)); err != nil {
		return cause(err)
	}
	parent := path.Dir(name)
	for parent != "." && f.root.Remove(filepath.FromSlash(parent)) == nil { // until one is not empty
		parent = path.Dir(parent)
	}
	return nil
}

// check refuses symbolic links, what lies behind one, and what is not a file.
func (f *folder) check(name string) error {
	for end := range len(name) + 1 {
		if end < len(name) && name[end] != '/' {
			continue
		}
		info, err := f.root.Lstat(filepath.FromSlash(name[:end]))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return cause(err)
		case info.Mode()&fs.ModeSymlink != 0:
			return fmt.Errorf("%s is a symbolic link, and links are not followed", f.place(name[:end]))
		case end < len(name) && !info.IsDir():
			return fmt.Errorf("%s is no folder", f.place(name[:end]))
		case end == len(name) && !info.Mode().IsRegular():
			return fmt.Errorf("%s is no file", f.place(name))
		}
	}
	return nil
}

// cause is the error of a file without the operation and the name, which the caller adds in its own words.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
