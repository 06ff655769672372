// Package evals keeps Evaluations: their Evaluators, Runs and the Logs in these, and what Evaluators judged of Logs.
package evals

import (
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Store keeps the Evaluations of a database. Its methods are safe for concurrent use.
type Store struct {
	*sqldb.DB
	logs  *logs.Store
	links *links

	places   *sqldb.Together[placeKey, foundPlace]
	subjects *sqldb.Together[subjectKey, foundSubject]
	records  *sqldb.Together[subjectKey, foundSubject] // without payloads
}

// New returns the Evaluations of db. The links are those that logs keeps in step.
func New(db *sqldb.DB, logs *logs.Store, links *links) *Store {
	s := &Store{DB: db, logs: logs, links: links}
	s.places = sqldb.NewTogether(s.readPlaces)
	s.subjects, s.records = sqldb.NewTogether(s.readWhole), sqldb.NewTogether(s.readRecords)
	return s
}
