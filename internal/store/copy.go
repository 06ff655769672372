package store

import (
	"context"

	"github.com/openloop-server/openloop/internal/store/copying"
)

// Copy copies all data of a database into an empty one. See [copying.Copy].
func Copy(ctx context.Context, from, to Database, o CopyOptions) ([]Sum, error) {
	return copying.Copy(ctx, from, to, o)
}
