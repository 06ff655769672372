//go:build unix

package doctor

import "syscall"

// fileLimit returns how many files a process like this one may open. The runtime of Go raises its limit to the hard one by itself.
func fileLimit() (n uint64, ok bool) {
	var limit syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit)
	return uint64(limit.Max), err == nil //nolint:unconvert // it is signed on some systems
}
