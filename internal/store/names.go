package store

import "openloop/internal/store/sqldb"

// What callers name of the rooms.
type (
	// Topic is what a change is about.
	Topic = sqldb.Topic
)

// The topics, beside those of single Files.
const (
	Files   = sqldb.Files
	Keys    = sqldb.Keys
	Secrets = sqldb.Secrets
)

// FileTopic is about one File: itself, where it lies, its versions, its deployments, and what monitors it.
func FileTopic(id string) Topic { return sqldb.FileTopic(id) }
