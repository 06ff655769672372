package store

import (
	"context"

	"github.com/openloop-server/openloop/internal/store/copying"
)

// Copy copies all data of a database into an empty one. See [copying.Copy].
func Copy(ctx context.Context, from, to Database, o CopyOptions) ([]Sum, error) {
	return copying.Copy(ctx, from, to, o)
}

// Backup writes all data of a database to a file. See [copying.Backup].
func Backup(ctx context.Context, from Database, file, version string, o CopyOptions) (*Manifest, error) {
	return copying.Backup(ctx, from, file, version, o)
}

// VerifyBackup reads a backup again. See [copying.VerifyBackup].
func VerifyBackup(ctx context.Context, file string, o CopyOptions) (*Manifest, error) {
	return copying.VerifyBackup(ctx, file, o)
}

// ErrKeyOfOthers is [copying.ErrKeyOfOthers].
var ErrKeyOfOthers = copying.ErrKeyOfOthers

// Restore puts the data of a backup into an empty database. See [copying.Restore].
func Restore(ctx context.Context, file string, to Database, o RestoreOptions) (*Manifest, error) {
	return copying.Restore(ctx, file, to, o)
}
