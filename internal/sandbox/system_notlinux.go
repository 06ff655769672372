//go:build !linux

package sandbox

func (mapping) large() {}

// zero makes all bytes 0.
func (m mapping) zero() { clear(m) }
