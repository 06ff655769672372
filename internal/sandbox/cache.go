package sandbox

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/openloop-server/openloop/internal/sandbox/image"
)

// cache is a folder with the machine code of an image and the memory of an interpreter that has booted. Both are trusted as the program itself, so only
// the account of the program may write there.
type cache struct {
	dir     string
	private bool // it is a temporary folder of this process
}

// memoryFile is the name of the file with the memory that the runner leaves.
func memoryFile() string { return memoryPrefix + image.Sum([]byte(runner))[:16] }

const memoryPrefix = "memory-"

// openCache returns the cache for a module in a data directory, or a private one if that cannot be written.
func openCache(dir string, module []byte) (*cache, error) {
	if dir != "" {
		path := filepath.Join(dir, "cache", key(module))
		if makePrivate(path) == nil {
			return &cache{dir: path}, nil
		}
	}
	path, err := os.MkdirTemp("", "openloop-python-*")
	return &cache{dir: path, private: true}, err
}

// makePrivate makes the folder path and those above it, and fails if others can write there.
func makePrivate(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o022 != 0 || !info.IsDir() || !ours(info) {
		return errors.New("others can write to the folder of the cache")
	}
	f, err := os.CreateTemp(path, ".write-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// leave deletes a private cache, which nothing but the engine that was loaded needs.
func (c *cache) leave() {
	if c.private {
		_ = os.RemoveAll(c.dir)
	}
}

// complete reports whether there is nothing left to prepare. The memory is written last.
func (c *cache) complete() bool {
	_, err := os.Stat(filepath.Join(c.dir, memoryFile()))
	return err == nil
}

// load returns an engine, and stores what the cache lacks.
func (c *cache) load(ctx context.Context, module []byte, limit int64) (*engine, error) {
	if !c.complete() { // one process prepares it, the others wait
		unlock, err := lock(filepath.Join(c.dir, "lock"))
		if err != nil {
			return nil, err
		}
		defer unlock()
	}
	e, err := compile(ctx, module, c.dir, limit)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(c.dir, memoryFile())
	if e.start, err = readSnapshot(path, limit); err == nil {
		return e, nil
	}
	err = e.boot(ctx)
	if err == nil && !c.private {
		err = e.start.write(path)
	}
	if err != nil {
		e.close()
		return nil, err
	}
	if !c.private {
		c.forgetOthers()
	}
	return e, nil
}

// forgetOthers deletes what the cache has of other images and versions.
func (c *cache) forgetOthers() {
	keepOne(filepath.Dir(c.dir), "python-", filepath.Base(c.dir))
	keepOne(c.dir, memoryPrefix, memoryFile())
}

// keepOne deletes what is in a folder under names with a prefix, but for one. What cannot be read or deleted stays.
func keepOne(dir, prefix, kept string) {
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), prefix) && entry.Name() != kept {
			_ = os.RemoveAll(filepath.Join(dir, entry.Name()))
		}
	}
}

// The head of a stored snapshot: a mark, the address of the step, and the size of the memory.
const (
	mark     = "olpymem2"
	headSize = len(mark) + 2*8
)

// write stores a snapshot. The file is complete or not there.
func (s *snapshot) write(path string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "new.*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	head := []byte(mark)
	for _, n := range []uint64{uint64(s.step), uint64(len(s.memory))} {
		head = binary.LittleEndian.AppendUint64(head, n)
	}
	_, err = f.Write(head)
	if err == nil {
		_, err = f.Write(s.memory)
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

var errBadSnapshot = errors.New("the stored memory of an interpreter cannot be used")

func readSnapshot(path string, limit int64) (*snapshot, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	head := make([]byte, headSize)
	if _, err := io.ReadFull(f, head); err != nil {
		return nil, err
	}
	numbers := head[len(mark):]
	step, size := binary.LittleEndian.Uint64(numbers), binary.LittleEndian.Uint64(numbers[8:])
	if string(head[:len(mark)]) != mark || size%pageSize != 0 || size == 0 || size > uint64(limit) || step >= size { //nolint:gosec // positive
		return nil, errBadSnapshot
	}
	memory, err := newMapping(int(size)) //nolint:gosec // at most 4 GiB
	if err != nil {
		return nil, err
	}
	memory.large()
	if _, err := io.ReadFull(f, memory); err != nil {
		memory.free()
		return nil, err
	}
	return &snapshot{memory: memory, step: uint32(step)}, nil //nolint:gosec // less than size
}
