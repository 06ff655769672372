-- since: 23
-- Names that calls use in place of models' own; see package aliases.

CREATE TABLE alias (
	name       TEXT COLLATE "C" PRIMARY KEY,
	content    BYTEA NOT NULL, -- JSON: targets, keys, defaults
	created_us BIGINT NOT NULL,
	updated_us BIGINT NOT NULL,
	created_by TEXT COLLATE "C" NOT NULL -- id of an API key
);
