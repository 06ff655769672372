-- since: 3
-- What becomes of Files: versions that are deleted, Evaluators that monitor, variables of Tools. The root directory has a row as well,
-- which the program makes, and whose id directory.parent_id and file.directory_id name; its own parent_id is ''.

ALTER TABLE version ADD COLUMN deleted_us BIGINT;
DROP INDEX version_name;
CREATE UNIQUE INDEX version_name ON version (file, name) WHERE name <> '' AND deleted_us IS NULL;
CREATE INDEX file_directory ON file (directory_id) WHERE deleted_us IS NULL;

CREATE TABLE monitor (
	seq            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	file           BIGINT NOT NULL REFERENCES file (seq),
	evaluator      BIGINT NOT NULL REFERENCES file (seq),
	version        BIGINT NOT NULL, -- of the Evaluator; 0 for the one deployed to the environment
	environment_id TEXT COLLATE "C" NOT NULL,    -- '' with a version
	active         BIGINT NOT NULL, -- 1 or 0
	created_us     BIGINT NOT NULL,
	updated_us     BIGINT NOT NULL
);
CREATE UNIQUE INDEX monitor_file ON monitor (file, evaluator, version, environment_id);
CREATE INDEX monitor_evaluator ON monitor (evaluator, version);

CREATE TABLE tool_variable (
	file       BIGINT NOT NULL REFERENCES file (seq),
	name       TEXT COLLATE "C" NOT NULL,
	sealed     BYTEA NOT NULL, -- the value, encrypted; see package vault
	updated_us BIGINT NOT NULL,
	PRIMARY KEY (file, name)
);
