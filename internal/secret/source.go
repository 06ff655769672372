package secret

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Source is where the encryption key of a server comes from.
type Source struct {
	Text string // the key itself, as [ParseKey] reads it; "" means the file
	Path string // of the file that holds the key otherwise
}

// ErrNoKey says that there is no encryption key: none is set, and its file does not exist.
var ErrNoKey = errors.New("there is no encryption key")

// Load reads the key. Errors: [ErrNoKey], [ErrKeyFormat], and those of reading the file.
func (s Source) Load() (Key, error) {
	if s.Text != "" {
		return ParseKey(s.Text)
	}
	raw, err := os.ReadFile(s.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return Key{}, ErrNoKey
	}
	if err != nil {
		return Key{}, err
	}
	k, err := ParseKey(string(raw))
	if err != nil {
		return Key{}, fmt.Errorf("the file %s: %w", s.Path, err)
	}
	return k, nil
}

// LoadOrMake is Load, but when there is no key it makes one and keeps it in the file, for the operator's account alone. A file that
// exists is never written to, also when several processes make it at the same time.
func (s Source) LoadOrMake() (Key, error) {
	k, err := s.Load()
	if !errors.Is(err, ErrNoKey) {
		return k, err
	}
	if err := s.make(); err != nil && !errors.Is(err, fs.ErrExist) {
		return Key{}, fmt.Errorf("the encryption key cannot be kept: %w", err)
	}
	return s.Load()
}

// make writes a new key beside the file and gives it the file's name once it is on disk, unless the name is taken.
func (s Source) make() error {
	dir := filepath.Dir(s.Path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".encryption-key-*") // with the mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // by then it has another name, or was of no use
	k := newKey()
	_, err = f.WriteString(k.text() + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), s.Path); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
