//go:build !linux

package sqldb

import "syscall"

// giveUp leaves it to the system how long it waits for an acknowledgement.
func giveUp(_, _ string, _ syscall.RawConn) error { return nil }
