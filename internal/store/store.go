// Package store keeps everything durable: Files with their versions and deployments, Logs, and API keys. One concrete [DB] serves
// SQLite and PostgreSQL; every query is written once, and what differs between the two is in dialect.go.
//
// Errors are [errs.Error] values. A failure of the database itself is dependency_unavailable when a retry can help (it is busy, full
// or out of reach), and internal_error otherwise. A context's own error is returned as it is. All methods are safe for concurrent
// use. Times are stored and returned in UTC with microseconds.
package store

import (
	"context"
	"log/slog"
	"time"

	"openloop/internal/auth"
	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/json"
	"openloop/internal/trace"
)

// Options says which database to open, and how.
type Options struct {
	URL     string           // postgres://… ; "" means SQLite at Path
	Path    string           // of the SQLite file; its folder exists
	Now     func() time.Time // nil means time.Now
	Relaxed bool             // AppendLog answers before the commit; a killed process may lose the last moments
	Logger  *slog.Logger     // for the operator; nil means none
}

// DB is an open database.
type DB struct{}

var pending = errs.New(errs.Internal, "not written yet")

// Open opens the database, brings its tables up to date, and makes the environments production (the default), staging and
// development when there are none. A failed migration, or a database that a newer program has changed, is an error.
func Open(ctx context.Context, o Options) (*DB, error) { return nil, pending }

// Close waits for what is being written, commits what is queued, and closes the database. Calls after it fail.
func (db *DB) Close(ctx context.Context) error { return pending }

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return pending }

// Generation counts the changes of Files, versions, deployments, environments and API keys, of this process and, on PostgreSQL
// within a second, of others. While it is the same, what was read of them may be used again, except for the counts of Logs and
// the times of last use. Read it before reading what is kept.
func (db *DB) Generation() uint64 { return 0 }

// Save asks for a version of a File.
type Save struct {
	Kind file.Kind
	// ID or Path names the File. With both, ID names it and Path must be its path. An unknown Path makes a new File.
	ID, Path string // Path as [file.CleanPath] returns it

	Content json.Value // canonical, of [file.Seal]
	Hash    string     // of the same

	// Name and Description of the version; "" leaves what a version that exists has.
	VersionName, VersionDescription string

	// Of the File; nil leaves what it has.
	Description, Readme *string
	Tags                *[]string

	By string // id of the API key
}

// SaveVersion finds the version with s.Hash in the File, or makes it; created says which. It makes the File and its directories
// where they are missing. The first version of a new File is deployed to the default environment, later ones are not.
//
// Errors: the kind's not found for an unknown ID; conflict when the path is taken by another kind, or the version name by another
// version; validation_failed when ID and Path name different Files.
func (db *DB) SaveVersion(ctx context.Context, s Save) (snap file.Snapshot, created bool, err error) {
	return file.Snapshot{}, false, pending
}

// Target names a version of a File, which ID or else Path names: VersionID, or else the one deployed to the Environment of that
// name, or else the one deployed to the default environment, or else (nothing is deployed there) the newest.
type Target struct {
	ID, Path               string
	VersionID, Environment string
}

// Snapshot reads the version that t names. Errors: the kind's not found, version_not_found (also when nothing is deployed to the
// named environment), environment_not_found.
func (db *DB) Snapshot(ctx context.Context, kind file.Kind, t Target) (file.Snapshot, error) {
	return file.Snapshot{}, pending
}

// FileSort is what a list of Files is ordered by.
type FileSort string

// The orders of Files, in the words of the API. The zero FileSort is ByCreated.
const (
	ByCreated FileSort = "created_at"
	ByUpdated FileSort = "updated_at"
	ByName    FileSort = "name"
)

// FileFilter selects Files. Zero fields select all.
type FileFilter struct {
	Kinds        []file.Kind
	NameContains string // without regard to case
	UserContains string // in the name of the API key that made the File, without regard to case
	Directory    string // a path: Files in it and below
	Environment  string // a name, as it is written: Files with a version deployed there, which is the version returned
	Sort         FileSort
	Desc         bool
	Page         trace.Page
}

// Files lists the Files that f selects, each with the version that a [Target] without version and environment names, and the
// number of them on all pages. Errors: directory_not_found, environment_not_found.
func (db *DB) Files(ctx context.Context, f FileFilter) (page []file.Snapshot, total int, err error) {
	return nil, 0, pending
}

// Versions lists the versions of a File, newest first. Errors: the kind's not found.
func (db *DB) Versions(ctx context.Context, kind file.Kind, fileID string) ([]file.Snapshot, error) {
	return nil, pending
}

// VersionsByID reads versions with their Files, those of deleted Files too, as Logs name them. Unknown ids are left out.
func (db *DB) VersionsByID(ctx context.Context, ids []string) (map[string]file.Snapshot, error) {
	return nil, pending
}

// DeleteFile deletes a File; its path is free again. Its Logs stay, and can be read by id. Errors: the kind's not found.
func (db *DB) DeleteFile(ctx context.Context, kind file.Kind, id string) error { return pending }

// Environments lists all environments, oldest first.
func (db *DB) Environments(ctx context.Context) ([]file.Environment, error) { return nil, pending }

// AppendLog stores l and returns when it is on disk, or with [Options.Relaxed] when it is queued. It commits together with the Logs
// that others append at the same time. l.ID, Kind, FileID and VersionID must be set; a zero CreatedAt becomes now. UpdatedAt and
// TraceID are set: a Log with a trace parent joins its parent's trace, and a parent outside any trace becomes the root of one.
// l must not be changed afterwards.
//
// Errors: conflict when the id exists, version_not_found, log_not_found for an unknown trace parent. When ctx ends while l waits for
// its commit, the error is ctx's and l may or may not have been stored.
func (db *DB) AppendLog(ctx context.Context, l *trace.Log) error { return pending }

// UpdateLog applies change to the Log with the given id in one transaction and returns the result. Identity, File, version and
// trace of a Log cannot change. An error of change is returned, and nothing is stored. Errors: log_not_found.
func (db *DB) UpdateLog(ctx context.Context, id string, change func(*trace.Log) error) (*trace.Log, error) {
	return nil, pending
}

// Log reads the Log with the given id. Errors: log_not_found.
func (db *DB) Log(ctx context.Context, id string) (*trace.Log, error) { return nil, pending }

// LogExists reports whether there is a Log with the given id.
func (db *DB) LogExists(ctx context.Context, id string) (bool, error) { return false, pending }

// Logs lists the Logs that f selects, by the time they were created, and the number of them on all pages.
func (db *DB) Logs(ctx context.Context, f trace.Filter) (page []*trace.Log, total int, err error) {
	return nil, 0, pending
}

// Children lists the Logs whose trace parent is one of ids, by parent, oldest first.
func (db *DB) Children(ctx context.Context, ids []string) (map[string][]*trace.Log, error) {
	return nil, pending
}

// DeleteLogs deletes the Logs with these ids and returns how many there were.
func (db *DB) DeleteLogs(ctx context.Context, ids []string) (int, error) { return 0, pending }

// CreateKey stores a new API key. Errors: conflict when its id or hash exists.
func (db *DB) CreateKey(ctx context.Context, k auth.Key) error { return pending }

// KeyByHash reads the valid key with this hash. Errors: gateway_key_invalid when it is unknown or revoked.
func (db *DB) KeyByHash(ctx context.Context, hash string) (*auth.Key, error) { return nil, pending }

// Keys lists all keys, revoked ones too, oldest first.
func (db *DB) Keys(ctx context.Context) ([]auth.Key, error) { return nil, pending }

// RevokeKey ends the validity of a key; a revoked one stays as it is. Errors: resource_not_found.
func (db *DB) RevokeKey(ctx context.Context, id string) error { return pending }

// KeyCount is the number of valid keys.
func (db *DB) KeyCount(ctx context.Context) (int, error) { return 0, pending }
