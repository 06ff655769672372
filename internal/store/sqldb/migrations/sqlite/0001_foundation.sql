-- since: 1
-- Times are microseconds since 1970 in UTC; 0 or NULL means never. Free text is bytes, so that both databases can hold any of it.

CREATE TABLE environment (
	id         TEXT PRIMARY KEY,
	name       TEXT NOT NULL UNIQUE,
	tag        TEXT NOT NULL,
	created_us INTEGER NOT NULL
) STRICT;

CREATE TABLE directory (
	id         TEXT PRIMARY KEY,
	path       TEXT NOT NULL UNIQUE,
	parent_id  TEXT NOT NULL, -- '' in the root
	created_us INTEGER NOT NULL,
	updated_us INTEGER NOT NULL
) STRICT;

CREATE TABLE file (
	seq          INTEGER PRIMARY KEY,
	id           TEXT NOT NULL UNIQUE,
	kind         TEXT NOT NULL,
	path         TEXT NOT NULL,
	name_folded  TEXT NOT NULL, -- last segment of the path in lower case, for search and order
	directory_id TEXT NOT NULL, -- '' in the root
	description  BLOB NOT NULL,
	readme       BLOB NOT NULL,
	tags         BLOB NOT NULL, -- JSON list
	created_us   INTEGER NOT NULL,
	updated_us   INTEGER NOT NULL,
	created_by   TEXT NOT NULL,
	deleted_us   INTEGER
) STRICT;
CREATE UNIQUE INDEX file_path ON file (path) WHERE deleted_us IS NULL;

CREATE TABLE version (
	seq         INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	file        INTEGER NOT NULL REFERENCES file (seq),
	hash        TEXT NOT NULL,
	content     BLOB NOT NULL,
	name        TEXT NOT NULL, -- '' for none
	description BLOB NOT NULL,
	created_us  INTEGER NOT NULL,
	updated_us  INTEGER NOT NULL,
	created_by  TEXT NOT NULL,
	UNIQUE (file, hash)
) STRICT;
CREATE UNIQUE INDEX version_name ON version (file, name) WHERE name <> '';

CREATE TABLE deployment (
	file           INTEGER NOT NULL REFERENCES file (seq),
	environment_id TEXT NOT NULL REFERENCES environment (id),
	version        INTEGER NOT NULL REFERENCES version (seq),
	created_us     INTEGER NOT NULL,
	PRIMARY KEY (file, environment_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deployment_version ON deployment (version);

-- One row for each version that was ever used: the rollup that counts Logs. Those of a File are the sum of its rows.
CREATE TABLE usage (
	file         INTEGER NOT NULL,
	version      INTEGER NOT NULL,
	logs_count   INTEGER NOT NULL,
	last_used_us INTEGER NOT NULL,
	PRIMARY KEY (file, version)
) STRICT, WITHOUT ROWID;

-- What Logs are looked up by. All else that a Log says of itself is in record, what was said in log_payload (see DESIGN.md).
CREATE TABLE log (
	seq          INTEGER PRIMARY KEY,
	id           TEXT NOT NULL UNIQUE,
	file         INTEGER NOT NULL,
	version      INTEGER NOT NULL,
	created_us   INTEGER NOT NULL,
	trace_id     TEXT, -- of the root
	trace_parent TEXT,
	parent       TEXT, -- the judged Log
	error_reason TEXT, -- '' for a failure without a reason
	record       BLOB NOT NULL
) STRICT;
CREATE INDEX log_file ON log (file, created_us, version);
CREATE INDEX log_trace_parent ON log (trace_parent) WHERE trace_parent IS NOT NULL;
CREATE INDEX log_parent ON log (parent) WHERE parent IS NOT NULL;
CREATE INDEX log_error ON log (file, error_reason, created_us) WHERE error_reason IS NOT NULL;

CREATE TABLE log_payload (
	log     INTEGER PRIMARY KEY, -- its seq
	payload BLOB NOT NULL
) STRICT;

CREATE TABLE api_key (
	id         TEXT PRIMARY KEY,
	name       BLOB NOT NULL,
	role       TEXT NOT NULL,
	hash       TEXT NOT NULL UNIQUE,
	hint       TEXT NOT NULL,
	created_us INTEGER NOT NULL,
	revoked_us INTEGER NOT NULL
) STRICT;
