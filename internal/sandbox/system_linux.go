package sandbox

import "syscall"

// large asks the system for large pages. All of m is copied from or to, and small pages would cost a fault each, which is most of the time that a new
// interpreter takes.
func (m mapping) large() { _ = syscall.Madvise(m, syscall.MADV_HUGEPAGE) } // a system that has none stays with small ones

// zero makes all bytes 0. It costs what was used only.
func (m mapping) zero() {
	if syscall.Madvise(m, syscall.MADV_DONTNEED) != nil {
		clear(m)
	}
}
