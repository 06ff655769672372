//go:build !linux

package load

import "time"

// Sleep pauses for d, as exactly as time.Sleep does here.
func Sleep(d time.Duration) { time.Sleep(d) }
