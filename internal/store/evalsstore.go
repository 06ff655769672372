package store

import (
	"openloop/internal/store/logs"
	"openloop/internal/store/sqldb"
)

// evalsStore keeps the Evaluations of a database.
type evalsStore struct {
	*sqldb.DB
	logs  *logs.Store
	links *links
}

// newEvals returns the Evaluations of db. The links are those that logs keeps in step.
func newEvals(db *sqldb.DB, logs *logs.Store, links *links) *evalsStore {
	return &evalsStore{DB: db, logs: logs, links: links}
}
