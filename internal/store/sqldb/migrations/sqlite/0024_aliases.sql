-- since: 23
-- Names that calls use in place of models' own; see package aliases.

CREATE TABLE alias (
	name       TEXT PRIMARY KEY,
	content    BLOB NOT NULL, -- JSON: targets, keys, defaults
	created_us INTEGER NOT NULL,
	updated_us INTEGER NOT NULL,
	created_by TEXT NOT NULL -- id of an API key
) STRICT;
