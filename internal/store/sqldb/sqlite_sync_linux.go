package sqldb

import (
	"errors"
	"os"
	"syscall"
)

// dataSync is fdatasync(2): it writes the data, and of the metadata only what reading the data back needs.
func dataSync(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
