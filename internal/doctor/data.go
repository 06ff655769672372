package doctor

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"
)

// needsData reports whether the server keeps something in the data directory.
func (p *patient) needsData() bool { return p.cfg.DatabaseURL == "" || p.cfg.EncryptionKey == "" }

// inData makes a look into the data directory of a check that needs it to be there.
func inData(see func(p *patient) sight) func(context.Context, *patient) sight {
	return func(_ context.Context, p *patient) sight {
		if !p.needsData() {
			return skip("PostgreSQL keeps the data, and OPENLOOP_ENCRYPTION_KEY has the key.")
		}
		if info, err := os.Stat(p.cfg.DataDir); err != nil || !info.IsDir() {
			return skip("There is no data directory yet.")
		}
		return see(p)
	}
}

func dataDirectory(_ context.Context, p *patient) sight {
	saw := p.tryData()
	p.unusable = saw.state == Fault
	return saw
}

// tryData writes a file where the directory is. It does not make a missing one, but looks whether the server can.
func (p *patient) tryData() sight {
	if !p.needsData() {
		return skip("PostgreSQL keeps the data, and OPENLOOP_ENCRYPTION_KEY has the key.")
	}
	info, err := os.Stat(p.cfg.DataDir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if problem := makeable(p.cfg.DataDir); problem != nil {
			return fail("%s cannot be made: %s.", p.cfg.DataDir, because(problem))
		}
		return fine("%s will be made at the first start.", p.cfg.DataDir)
	case err != nil:
		return fail("%s cannot be looked at: %s.", p.cfg.DataDir, because(err))
	case !info.IsDir():
		return fail("%s is no directory.", p.cfg.DataDir)
	}
	f, err := os.CreateTemp(p.cfg.DataDir, ".openloop-*")
	if err != nil {
		return fail("No file can be made in %s: %s.", p.cfg.DataDir, because(err))
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return fail("A file in %s cannot be removed: %s.", p.cfg.DataDir, because(err))
	}
	return fine("%s", p.cfg.DataDir)
}

// because is the system's text for an error, without paths.
func because(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	return "the system refuses it"
}

// syncs is how often the disk is asked to make data durable.
const syncs = 100

// A disk that takes slowSync to make a few bytes durable delays each call by that.
const slowSync = 20 * time.Millisecond

var dataSync = inData(func(p *patient) sight {
	if p.cfg.DatabaseURL != "" {
		return skip("PostgreSQL keeps the data.")
	}
	f, err := os.CreateTemp(p.cfg.DataDir, ".openloop-*")
	if err != nil {
		return skip("No file can be made there.")
	}
	defer func() { _ = errors.Join(f.Close(), os.Remove(f.Name())) }()
	var took []time.Duration
	block := []byte(strings.Repeat("x", 4096))
	for began := time.Now(); len(took) < p.Syncs && time.Since(began) < 5*time.Second; {
		start := time.Now()
		if _, err := f.WriteAt(block, int64(len(took))*int64(len(block))); err != nil {
			return warn("Writing fails: %s.", because(err))
		}
		if err := datasync(f); err != nil {
			return warn("The disk does not sync: %s.", because(err))
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	half, most := took[len(took)/2], took[len(took)*99/100]
	return judgeSync(half, most)
})

// judgeSync says what half of the syncs and the slowest ones took.
func judgeSync(half, most time.Duration) sight {
	format := "Half of the syncs take up to %s, and 99 of 100 up to %s."
	if half > slowSync {
		return warn(format, round(half), round(most))
	}
	return fine(format, round(half), round(most))
}

func round(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }
