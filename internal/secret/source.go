package secret

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Source says where the encryption key of a server is.
type Source struct {
	Text string // the key itself, as [ParseKey] reads it; "" means the file
	Path string // of the file with the key, if Text is ""
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

// LoadOrMake is Load, but if there is no key it makes one and stores it in the file, readable only by the operator's account. It never
// overwrites a file, even if several processes make one at the same time.
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

// make writes a new key to a temporary file. Once that is on disk, it gets the name of the file, unless the name is taken.
func (s Source) make() error {
	dir := filepath.Dir(s.Path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".encryption-key-*") // with the mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it has another name by then, or is not needed
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
