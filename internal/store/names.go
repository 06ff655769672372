package store

import (
	"time"

	"github.com/openloop-server/openloop/internal/store/access"
	"github.com/openloop-server/openloop/internal/store/browse"
	"github.com/openloop-server/openloop/internal/store/copying"
	"github.com/openloop-server/openloop/internal/store/evals"
	"github.com/openloop-server/openloop/internal/store/jobs"
	"github.com/openloop-server/openloop/internal/store/kept"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/restore"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/store/stats"
	"github.com/openloop-server/openloop/internal/store/versions"
)

// What the methods of [DB] take and return, so that callers import one package. The rooms say what each is.
//
//revive:disable:exported
type (
	Topic   = sqldb.Topic
	Step    = sqldb.Step
	Channel = sqldb.Channel

	Alias         = access.Alias
	AliasContent  = access.AliasContent
	AliasTarget   = access.AliasTarget
	AliasDefaults = access.AliasDefaults

	Guard       = access.Guard
	Mark        = access.Mark
	ProviderKey = access.ProviderKey
	Rotation    = access.Rotation

	Save         = versions.Save
	DatasetSave  = versions.DatasetSave
	DatasetSaved = versions.DatasetSaved
	Move         = versions.Move
	Moved        = versions.Moved
	NewDirectory = versions.NewDirectory
	FileFilter   = versions.FileFilter
	FileSort     = versions.FileSort
	ToolVariable = access.ToolVariable
	Gate         = versions.Gate
	Passage      = versions.Passage
	Terms        = versions.Terms
	Activation   = versions.Activation

	Rider       = logs.Rider
	Spans       = logs.Spans
	CommitQueue = logs.CommitQueue
	Commits     = logs.Commits

	PoolState = sqldb.PoolState

	KeptResponse = kept.Response

	Task         = jobs.Task
	TaskKind     = jobs.Kind
	Lane         = jobs.Lane
	TaskClaim    = jobs.TaskClaim
	FinishedTask = jobs.FinishedTask
	TaskFailure  = jobs.TaskFailure
	TaskCount    = jobs.TaskCount
	MonitorCount = jobs.MonitorCount
	Turn         = jobs.Turn
	Backfill     = jobs.Backfill
	Backfilled   = jobs.Backfilled

	Payer     = evals.Payer
	Place     = evals.Place
	Subject   = evals.Subject
	Outcomes  = evals.Outcomes
	Retry     = evals.Retry
	NewRun    = evals.NewRun
	RunChange = evals.RunChange
	RunLog    = evals.RunLog
	Aggregate = evals.Aggregate

	StatsQuery = stats.StatsQuery
	StatsNames = stats.StatsNames

	ReviewQuery = evals.ReviewQuery
	ReviewItem  = evals.ReviewItem
	Review      = evals.Review
	GateRuns    = evals.GateRuns
	GateRun     = evals.GateRun

	Author       = restore.Author
	Head         = restore.Head
	Placed       = restore.Placed
	VersionAlias = restore.VersionAlias
	Deployment   = restore.Deployment
	RunPlace     = evals.RunPlace

	FileRow          = browse.FileRow
	FileName         = browse.FileName
	VersionRow       = browse.VersionRow
	VersionPage      = browse.VersionPage
	VersionWords     = browse.VersionWords
	Deployed         = browse.Deployed
	DeploymentChange = browse.DeploymentChange
	DeploymentPage   = browse.DeploymentPage
	FileChange       = browse.FileChange
	SettingChange    = browse.SettingChange
	Named            = browse.Named
	Uses             = browse.Uses
	Link             = browse.Link
	EvaluationUse    = browse.EvaluationUse

	Database     = copying.Place
	CopyOptions  = copying.Options
	CopyProgress = copying.Progress
	Sum          = copying.Sum

	Manifest       = copying.Manifest
	RestoreOptions = copying.RestoreOptions
)

const (
	Files   = sqldb.Files
	AnyFile = sqldb.AnyFile
	Keys    = sqldb.Keys
	Secrets = sqldb.Secrets
	Aliases = sqldb.Aliases

	Health = sqldb.Health

	DefaultKey = access.DefaultKey

	RetryErrors    = evals.RetryErrors
	RetryLogs      = evals.RetryLogs
	RetryJudgments = evals.RetryJudgments

	MakeLog        = jobs.MakeLog
	JudgeLog       = jobs.JudgeLog
	GateLane       = jobs.Gate
	RunLane        = jobs.Run
	MonitoringLane = jobs.Monitoring

	RootDirectory = versions.RootDirectory
	ByCreated     = versions.ByCreated
	ByUpdated     = versions.ByUpdated
	ByName        = versions.ByName
)

//revive:enable:exported

// FileTopic is about one File: itself, where it lies, its versions, its deployments, and what monitors it.
func FileTopic(id string) Topic { return sqldb.FileTopic(id) }

// KeepResponse returns what the Log of a call, made at a time, carries into its commit: where its answer is kept.
func KeepResponse(r *KeptResponse, at time.Time) *Rider { return kept.Keep(r, at) }
