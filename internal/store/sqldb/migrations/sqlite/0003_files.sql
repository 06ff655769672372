-- since: 3
-- What becomes of Files: versions that are deleted, Evaluators that monitor, variables of Tools. The root directory has a row as well,
-- which the program makes, and whose id directory.parent_id and file.directory_id name; its own parent_id is ''.

ALTER TABLE version ADD COLUMN deleted_us INTEGER;
DROP INDEX version_name;
CREATE UNIQUE INDEX version_name ON version (file, name) WHERE name <> '' AND deleted_us IS NULL;
CREATE INDEX file_directory ON file (directory_id) WHERE deleted_us IS NULL;

CREATE TABLE monitor (
	seq            INTEGER PRIMARY KEY,
	file           INTEGER NOT NULL REFERENCES file (seq),
	evaluator      INTEGER NOT NULL REFERENCES file (seq),
	version        INTEGER NOT NULL, -- of the Evaluator; 0 for the one deployed to the environment
	environment_id TEXT NOT NULL,    -- '' with a version
	active         INTEGER NOT NULL, -- 1 or 0
	created_us     INTEGER NOT NULL,
	updated_us     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX monitor_file ON monitor (file, evaluator, version, environment_id);
CREATE INDEX monitor_evaluator ON monitor (evaluator, version);

CREATE TABLE tool_variable (
	file       INTEGER NOT NULL REFERENCES file (seq),
	name       TEXT NOT NULL,
	sealed     BLOB NOT NULL, -- the value, encrypted; see package vault
	updated_us INTEGER NOT NULL,
	PRIMARY KEY (file, name)
) STRICT, WITHOUT ROWID;
