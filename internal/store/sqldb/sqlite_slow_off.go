//go:build !slowdisk

package sqldb

// slowly does nothing: only a program that is built with the tag slowdisk, for a benchmark, has a slow disk.
func slowly() {}
