-- since: 1
-- Times are microseconds since 1970 in UTC; 0 or NULL means never. Free text is bytes, so that both databases can hold any of it.

CREATE TABLE environment (
	id         TEXT COLLATE "C" PRIMARY KEY,
	name       TEXT COLLATE "C" NOT NULL UNIQUE,
	tag        TEXT COLLATE "C" NOT NULL,
	created_us BIGINT NOT NULL
);

CREATE TABLE directory (
	id         TEXT COLLATE "C" PRIMARY KEY,
	path       TEXT COLLATE "C" NOT NULL UNIQUE,
	parent_id  TEXT COLLATE "C" NOT NULL, -- '' in the root
	created_us BIGINT NOT NULL,
	updated_us BIGINT NOT NULL
);

CREATE TABLE file (
	seq          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id           TEXT COLLATE "C" NOT NULL UNIQUE,
	kind         TEXT COLLATE "C" NOT NULL,
	path         TEXT COLLATE "C" NOT NULL,
	name_folded  TEXT COLLATE "C" NOT NULL, -- last segment of the path in lower case, for search and order
	directory_id TEXT COLLATE "C" NOT NULL, -- '' in the root
	description  BYTEA NOT NULL,
	readme       BYTEA NOT NULL,
	tags         BYTEA NOT NULL, -- JSON list
	created_us   BIGINT NOT NULL,
	updated_us   BIGINT NOT NULL,
	created_by   TEXT COLLATE "C" NOT NULL,
	deleted_us   BIGINT
);
CREATE UNIQUE INDEX file_path ON file (path) WHERE deleted_us IS NULL;

CREATE TABLE version (
	seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id          TEXT COLLATE "C" NOT NULL UNIQUE,
	file        BIGINT NOT NULL REFERENCES file (seq),
	hash        TEXT COLLATE "C" NOT NULL,
	content     BYTEA NOT NULL,
	name        TEXT COLLATE "C" NOT NULL, -- '' for none
	description BYTEA NOT NULL,
	created_us  BIGINT NOT NULL,
	updated_us  BIGINT NOT NULL,
	created_by  TEXT COLLATE "C" NOT NULL,
	UNIQUE (file, hash)
);
CREATE UNIQUE INDEX version_name ON version (file, name) WHERE name <> '';

CREATE TABLE deployment (
	file           BIGINT NOT NULL REFERENCES file (seq),
	environment_id TEXT COLLATE "C" NOT NULL REFERENCES environment (id),
	version        BIGINT NOT NULL REFERENCES version (seq),
	created_us     BIGINT NOT NULL,
	PRIMARY KEY (file, environment_id)
);
CREATE INDEX deployment_version ON deployment (version);

-- One row for each version that was ever used: the rollup that counts Logs. Those of a File are the sum of its rows.
CREATE TABLE usage (
	file         BIGINT NOT NULL,
	version      BIGINT NOT NULL,
	logs_count   BIGINT NOT NULL,
	last_used_us BIGINT NOT NULL,
	PRIMARY KEY (file, version)
);

-- What Logs are looked up by. All else that a Log says of itself is in record, what was said in log_payload (see DESIGN.md).
CREATE TABLE log (
	seq          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id           TEXT COLLATE "C" NOT NULL UNIQUE,
	file         BIGINT NOT NULL,
	version      BIGINT NOT NULL,
	created_us   BIGINT NOT NULL,
	trace_id     TEXT COLLATE "C", -- of the root
	trace_parent TEXT COLLATE "C",
	parent       TEXT COLLATE "C", -- the judged Log
	error_reason TEXT COLLATE "C", -- '' for a failure without a reason
	record       BYTEA NOT NULL
);
CREATE INDEX log_file ON log (file, created_us, version);
CREATE INDEX log_trace_parent ON log (trace_parent) WHERE trace_parent IS NOT NULL;
CREATE INDEX log_parent ON log (parent) WHERE parent IS NOT NULL;
CREATE INDEX log_error ON log (file, error_reason, created_us) WHERE error_reason IS NOT NULL;

CREATE TABLE log_payload (
	log     BIGINT PRIMARY KEY, -- its seq
	payload BYTEA NOT NULL
);

CREATE TABLE api_key (
	id         TEXT COLLATE "C" PRIMARY KEY,
	name       BYTEA NOT NULL,
	role       TEXT COLLATE "C" NOT NULL,
	hash       TEXT COLLATE "C" NOT NULL UNIQUE,
	hint       TEXT COLLATE "C" NOT NULL,
	created_us BIGINT NOT NULL,
	revoked_us BIGINT NOT NULL
);
