package sqldb

import "context"

// smallWrite is about the least that a transaction writes to the WAL, in bytes: whole pages of a few tables and indexes.
const smallWrite = 24 << 10

// wrote counts bytes that were written to the WAL.
func (s *SQLite) wrote(bytes int64) {
	if s.dirty.Add(bytes) < sqliteCheckpointBytes {
		return
	}
	select {
	case s.full <- struct{}{}:
	default:
	}
}

// checkpoints writes the WAL back to the database file whenever it has grown, until ctx ends.
func (s *SQLite) checkpoints(ctx context.Context, ready func()) {
	ready()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.full:
			s.dirty.Store(0)
			if err := s.checkpoint(ctx); err != nil && ctx.Err() == nil {
				s.log.ErrorContext(ctx, "the write-ahead log could not be written back", "error", err)
			}
		}
	}
}

// checkpoint does most of its work beside the writer. Then it blocks the writer for the little that was written meanwhile, so that the next
// commit can restart the WAL instead of extending it.
func (s *SQLite) checkpoint(ctx context.Context) error {
	const beside = "PRAGMA wal_checkpoint(PASSIVE)"
	if _, err := s.read.ExecContext(ctx, beside); err != nil {
		return err
	}
	if err := s.acquire(ctx); err != nil {
		return err
	}
	defer s.releaseConn()
	_, err := s.conn.ExecContext(context.WithoutCancel(ctx), beside)
	return err
}
