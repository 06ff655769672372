-- since: 23
-- What was brought here from elsewhere: who made it, and the ids of versions whose content another version of the File has.

CREATE TABLE author (
	id    TEXT PRIMARY KEY,
	name  BLOB NOT NULL,
	email BLOB NOT NULL
) STRICT;

CREATE TABLE version_alias (
	id      TEXT PRIMARY KEY,
	version INTEGER NOT NULL REFERENCES version (seq)
) STRICT;
