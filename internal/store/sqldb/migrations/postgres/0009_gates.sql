-- since: 9
-- What a version must have passed before an environment uses it. The content is package evaluations/gate's.

CREATE TABLE gate (
	file           BIGINT NOT NULL REFERENCES file (seq),
	environment_id TEXT COLLATE "C" NOT NULL REFERENCES environment (id),
	content        BYTEA NOT NULL,  -- JSON
	created_us     BIGINT NOT NULL,
	updated_us     BIGINT NOT NULL,
	created_by     TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (file, environment_id)
);

ALTER TABLE deployment ADD COLUMN forced_by TEXT COLLATE "C" NOT NULL DEFAULT ''; -- the API key that deployed it past a closed gate
