-- since: 9
-- What a version must have passed before an environment uses it. The content is package evaluations/gate's.

CREATE TABLE gate (
	file           INTEGER NOT NULL REFERENCES file (seq),
	environment_id TEXT NOT NULL REFERENCES environment (id),
	content        BLOB NOT NULL,    -- JSON
	created_us     INTEGER NOT NULL,
	updated_us     INTEGER NOT NULL,
	created_by     TEXT NOT NULL,
	PRIMARY KEY (file, environment_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE deployment ADD COLUMN forced_by TEXT NOT NULL DEFAULT ''; -- the API key that deployed it past a closed gate
