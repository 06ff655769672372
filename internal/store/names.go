package store

import (
	"openloop/internal/store/access"
	"openloop/internal/store/sqldb"
)

// The words of the rooms, for callers.
type (
	Topic       = sqldb.Topic
	Guard       = access.Guard
	Mark        = access.Mark
	ProviderKey = access.ProviderKey
)

// The topics, beside those of single Files.
const (
	Files   = sqldb.Files
	Keys    = sqldb.Keys
	Secrets = sqldb.Secrets
)

// FileTopic is about one File: itself, where it lies, its versions, its deployments, and what monitors it.
func FileTopic(id string) Topic { return sqldb.FileTopic(id) }
