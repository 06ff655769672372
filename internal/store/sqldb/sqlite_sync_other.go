//go:build !linux

package sqldb

import "os"

// dataSync is the system's full sync where there is nothing lighter.
func dataSync(f *os.File) error { return f.Sync() }
