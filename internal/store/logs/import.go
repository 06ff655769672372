package logs

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// ImportLogs stores Logs as they were elsewhere, and returns once they are on disk: with their times, and in the traces that they name, even if the Logs
// above are missing or complete. No Log above changes. Judgments count, and datapoints are found by them, but the Logs take no places in Runs, and
// nothing runs or judges because of them. Logs that are here already stay as they are; stored tells which were not.
//
// Errors: version_not_found; validation_failed for an id that is not text; illegal_state if the Store is relaxed. Then nothing is stored. Other errors
// mean that some may be.
func (db *Store) ImportLogs(ctx context.Context, list []*trace.Log) (stored []bool, err error) {
	defer db.Failed("store.ImportLogs", &err)
	if db.committer.room != nil {
		return nil, errs.New(errs.IllegalState, "Logs are imported with strict durability only.")
	}
	ids := sqldb.Values(list, func(l *trace.Log) string { return l.ID })
	known, err := sqldb.ColumnIn[string](ctx, db.Read, `SELECT id FROM log WHERE id`, ids, ``)
	if err != nil {
		return nil, err
	}
	there := make(map[string]bool, len(list))
	for _, id := range known {
		there[id] = true
	}
	stored = make([]bool, len(list))
	var entries []*pendingLog
	var places []int
	for i, l := range list {
		if there[l.ID] {
			continue
		}
		there[l.ID] = true
		e, err := db.importing(ctx, l)
		if err != nil {
			return nil, err
		}
		entries, places = append(entries, e), append(places, i)
	}
	return stored, db.importAll(entries, func(i int) { stored[places[i]] = true })
}

// importAll stores entries in one commit, if they are not too many, and calls stored for each that was not there.
func (db *Store) importAll(entries []*pendingLog, stored func(int)) (err error) {
	if len(entries) == 0 {
		return nil
	}
	if !db.committer.push(entries...) {
		return sqldb.ErrClosed()
	}
	for i, e := range entries {
		<-e.done
		switch {
		case e.err == nil:
			stored(i)
		case err == nil && !errs.Is(e.err, errs.AlreadyExists):
			err = e.err
		}
		e.part = nil
		db.entries.Put(e)
	}
	return err
}

// importing is the entry of a Log from elsewhere.
func (db *Store) importing(ctx context.Context, l *trace.Log) (*pendingLog, error) {
	for _, id := range []string{l.TraceParentID, l.ParentID, l.TraceID} {
		if id != "" && checkLogID(id) != nil {
			return nil, NotFound(id)
		}
	}
	if err := checkLogID(l.ID); err != nil {
		return nil, err
	}
	ref, err := db.ref(ctx, db.Read, l.FileID, l.VersionID)
	if err != nil {
		return nil, err
	}
	riders, err := db.links.Imported(ctx, l)
	if err != nil {
		return nil, err
	}
	l.UpdatedAt = l.CreatedAt
	e, asked := db.entries.Get().(*pendingLog), db.recent.partOf(l)
	if err := e.set(l, ref, riders, asked, db.journal); err != nil {
		return nil, err
	}
	e.imported = true
	if asked != nil {
		db.recent.keep(asked)
	}
	return e, nil
}
