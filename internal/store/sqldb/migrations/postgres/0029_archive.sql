-- since: 23
-- What was brought here from elsewhere: who made it, and the ids of versions whose content another version of the File has.

CREATE TABLE author (
	id    TEXT COLLATE "C" PRIMARY KEY,
	name  BYTEA NOT NULL,
	email BYTEA NOT NULL
);

CREATE TABLE version_alias (
	id      TEXT COLLATE "C" PRIMARY KEY,
	version BIGINT NOT NULL REFERENCES version (seq)
);
