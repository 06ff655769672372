package store

import (
	"github.com/openloop-server/openloop/internal/store/access"
	"github.com/openloop-server/openloop/internal/store/evals"
	"github.com/openloop-server/openloop/internal/store/files"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// What the methods of [DB] take and return, so that callers import one package. The rooms say what each is.
//
//revive:disable:exported
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

	NewRun    = evals.NewRun
	RunChange = evals.RunChange
	RunLog    = evals.RunLog
	Aggregate = evals.Aggregate
)

const (
	Files   = sqldb.Files
	Keys    = sqldb.Keys
	Secrets = sqldb.Secrets

	RootDirectory = files.RootDirectory
	ByCreated     = files.ByCreated
	ByUpdated     = files.ByUpdated
	ByName        = files.ByName
)

//revive:enable:exported

// FileTopic is about one File: itself, where it lies, its versions, its deployments, and what monitors it.
func FileTopic(id string) Topic { return sqldb.FileTopic(id) }
