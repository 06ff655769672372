//go:build unix

package sandbox

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
)

// mapping is memory outside of the heap: the collector of garbage does not count it when it decides how large the heap may get.
type mapping []byte

// newMapping returns memory of zeros. What was not touched yet costs nothing.
func newMapping(size int) (mapping, error) {
	return syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
}

func (m mapping) free() {
	if m != nil {
		_ = syscall.Munmap(m) // which cannot fail for a mapping of ours
	}
}

// ours reports whether a file belongs to the account of this process.
func ours(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}

// lock waits until no other process has the lock of a file.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, nil // which also unlocks it
}

// lead lets a command that was not started yet lead a group of processes.
func lead(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends a command and all processes of its group. Call it before Wait, which gives the number of the group back.
func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // there may be none left

// silent reports whether a pipe has nothing to read, and somebody who may still write to it.
func silent(pipe *os.File) bool {
	var fault error
	conn, err := pipe.SyscallConn()
	if err == nil {
		err = conn.Read(func(fd uintptr) bool {
			_, fault = syscall.Read(int(fd), make([]byte, 1))
			return true
		})
	}
	return err == nil && errors.Is(fault, syscall.EAGAIN)
}
