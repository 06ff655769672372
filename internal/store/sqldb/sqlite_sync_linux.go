package sqldb

import (
	"errors"
	"os"
	"syscall"
)

// dataSync is fdatasync(2): it writes the data, and only as much metadata as reading the data back needs.
func dataSync(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
