package doctor

import (
	"os"
	"path/filepath"
	"syscall"

	"github.com/openloop-server/openloop/internal/config"
)

func datasync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }

// makeable returns why a directory that is missing cannot be made, nil if it can.
func makeable(dir string) error {
	for {
		parent := filepath.Dir(dir)
		info, err := os.Stat(parent)
		switch {
		case err == nil && !info.IsDir():
			return syscall.ENOTDIR
		case err == nil:
			return syscall.Access(parent, 0o3) // write and search
		case parent == dir:
			return err
		}
		dir = parent
	}
}

var dataOwner = inData(func(p *patient) sight {
	info, err := os.Stat(p.cfg.DataDir)
	if err != nil {
		return skip("It cannot be looked at.")
	}
	if open := info.Mode().Perm() & 0o077; open != 0 {
		return warn("Its mode is %#o.", info.Mode().Perm())
	}
	if of, ok := info.Sys().(*syscall.Stat_t); ok && int(of.Uid) != os.Getuid() && os.Getuid() != 0 {
		return warn("It belongs to the user %d, and this is the user %d.", of.Uid, os.Getuid())
	}
	return fine("")
})

// Space below which the data directory needs care.
const (
	littleSpace = 2 << 30
	noSpace     = 200 << 20
)

var dataSpace = inData(func(p *patient) sight {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(p.cfg.DataDir, &fs); err != nil {
		return skip("The system does not tell: %s.", because(err))
	}
	return judgeSpace(&p.cfg, fs.Bavail*uint64(fs.Bsize))
})

func judgeSpace(cfg *config.Config, free uint64) sight {
	format := "%d MB are free."
	switch {
	case cfg.DatabaseURL != "" && free > 1<<20: // a key needs no more
		return fine(format, free>>20)
	case free < noSpace:
		return fail(format, free>>20)
	case free < littleSpace:
		return warn(format, free>>20)
	default:
		return fine(format, free>>20)
	}
}

// fileSystem is what is known of a kind of file systems.
type fileSystem struct {
	name  string
	state State
	about string
}

// fileSystems are those that need a word, by their magic numbers in statfs(2).
var fileSystems = map[int64]fileSystem{
	0x01021994: {"tmpfs", Warning, "is memory, which is empty after a restart of the machine"},
	0x858458f6: {"ramfs", Warning, "is memory, which is empty after a restart of the machine"},
	0x794c7630: {"overlay", Warning, "is the layer of a container, which is lost with it"},
	0x6969:     {"NFS", Fault, "is on another machine, and SQLite's locks do not hold there"},
	0xff534d42: {"CIFS", Fault, "is on another machine, and SQLite's locks do not hold there"},
	0xfe534d42: {"SMB", Fault, "is on another machine, and SQLite's locks do not hold there"},
	0x01021997: {"9p", Fault, "is shared with another system, and SQLite's locks do not hold there"},
	0x65735546: {"FUSE", Warning, "is made by a program, which may not make data durable"},
}

var dataFileSystem = inData(func(p *patient) sight {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(p.cfg.DataDir, &fs); err != nil {
		return skip("The system does not tell: %s.", because(err))
	}
	return judgeFileSystem(&p.cfg, int64(fs.Type)) //nolint:unconvert // it has other types elsewhere
})

func judgeFileSystem(cfg *config.Config, magic int64) sight {
	kind, known := fileSystems[magic&0xffffffff]
	switch {
	case !known:
		return fine("")
	case cfg.DatabaseURL != "" && kind.state == Fault:
		return fine("It is %s, and holds no database.", kind.name)
	default:
		return sight{kind.state, "It is " + kind.name + ", which " + kind.about + "."}
	}
}
