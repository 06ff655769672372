package load

import (
	"errors"
	"syscall"
	"time"
)

// Sleep pauses for d, within about 0.1 ms. time.Sleep rounds up to the next millisecond here, which would blur differences of that size.
func Sleep(d time.Duration) {
	for left := syscall.NsecToTimespec(int64(d)); ; {
		if err := syscall.Nanosleep(&left, &left); !errors.Is(err, syscall.EINTR) {
			return
		}
	}
}
