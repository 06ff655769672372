package store

import (
	"openloop/internal/store/access"
	"openloop/internal/store/files"
	"openloop/internal/store/sqldb"
)

// Topic and what follows are names of the rooms, for callers of [DB].
type (
	Topic = sqldb.Topic

	Guard       = access.Guard
	Mark        = access.Mark
	ProviderKey = access.ProviderKey

	Save         = files.Save
	DatasetSave  = files.DatasetSave
	Move         = files.Move
	NewDirectory = files.NewDirectory
	FileFilter   = files.FileFilter
	FileSort     = files.FileSort
	ToolVariable = files.ToolVariable
)

// Constants of the rooms.
const (
	Files   = sqldb.Files
	Keys    = sqldb.Keys
	Secrets = sqldb.Secrets

	RootDirectory = files.RootDirectory
	ByCreated     = files.ByCreated
	ByUpdated     = files.ByUpdated
	ByName        = files.ByName
)

// FileTopic is about one File: itself, where it lies, its versions, its deployments, and what monitors it.
func FileTopic(id string) Topic { return sqldb.FileTopic(id) }
