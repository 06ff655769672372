package sqldb

import "context"

// CopyTable is the table in which a copy into a database keeps how far it has come. It is there until the copy is whole. A database that has
// it is opened by nobody else.
const CopyTable = "copy_progress"

// refuseHalf fails if the database is one that is still being copied into.
func (db *DB) refuseHalf(ctx context.Context) error {
	half, err := Found(ctx, db.Read, db.Dialect.half, nil)
	if err == nil && half {
		err = plainFault("It is being filled by `openloop migrate-data` or `openloop restore`, which has not finished. Run the same command again.")
	}
	return err
}
