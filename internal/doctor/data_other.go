//go:build !linux

package doctor

import (
	"os"
	"path/filepath"
)

func datasync(f *os.File) error { return f.Sync() }

// makeable returns nil: only the first start tells whether the directory can be made.
func makeable(dir string) error {
	_, err := os.Stat(filepath.VolumeName(dir) + string(filepath.Separator))
	return err
}

var untold = inData(func(*patient) sight { return skip("It is looked at on Linux alone.") })

var dataOwner, dataSpace, dataFileSystem = untold, untold, untold
