-- since: 3
-- A datapoint is stored once in its Dataset, however many versions hold it.
CREATE TABLE datapoint (
	seq     INTEGER PRIMARY KEY,
	id      TEXT NOT NULL UNIQUE,
	file    INTEGER NOT NULL REFERENCES file (seq),
	digest  BLOB NOT NULL, -- SHA-256 of the canonical content
	content BLOB NOT NULL,
	UNIQUE (file, digest)
) STRICT;

-- Some datapoints in a row, shared by the versions that hold just these.
CREATE TABLE datapoint_chunk (
	seq     INTEGER PRIMARY KEY,
	members BLOB NOT NULL -- seq and digest of each, see datachunks.go
) STRICT;

-- What a version of a Dataset holds.
CREATE TABLE dataset_version (
	version INTEGER PRIMARY KEY REFERENCES version (seq),
	file    INTEGER NOT NULL REFERENCES file (seq),
	saved   INTEGER NOT NULL, -- counts within the File; the version that was asked for last has the highest
	chunks  BLOB NOT NULL -- seq and length of each, see datachunks.go
) STRICT;
CREATE INDEX dataset_version_saved ON dataset_version (file, saved);
