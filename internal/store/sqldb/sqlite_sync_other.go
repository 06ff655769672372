//go:build !linux

package sqldb

import "os"

// dataSync is a full sync, on systems without a cheaper one.
func dataSync(f *os.File) error { return f.Sync() }
