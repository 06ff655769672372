package store

// evalsStore keeps the Evaluations of a database.
type evalsStore struct {
	*base
	logs  *logsStore
	links *links
}

// newEvals returns the Evaluations of db. The links are those that logs keeps in step.
func newEvals(db *base, logs *logsStore, links *links) *evalsStore {
	return &evalsStore{base: db, logs: logs, links: links}
}
