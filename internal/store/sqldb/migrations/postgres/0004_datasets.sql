-- since: 3
-- A datapoint is stored once in its Dataset, however many versions hold it.
CREATE TABLE datapoint (
	seq     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id      TEXT COLLATE "C" NOT NULL UNIQUE,
	file    BIGINT NOT NULL REFERENCES file (seq),
	digest  BYTEA NOT NULL, -- SHA-256 of the canonical content
	content BYTEA NOT NULL,
	UNIQUE (file, digest)
);

-- Some datapoints in a row, shared by the versions that hold just these.
CREATE TABLE datapoint_chunk (
	seq     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	members BYTEA NOT NULL -- seq and digest of each, see datachunks.go
);

-- What a version of a Dataset holds.
CREATE TABLE dataset_version (
	version BIGINT PRIMARY KEY REFERENCES version (seq),
	file    BIGINT NOT NULL REFERENCES file (seq),
	saved   BIGINT NOT NULL, -- counts within the File; the version that was asked for last has the highest
	chunks  BYTEA NOT NULL -- seq and length of each, see datachunks.go
);
CREATE INDEX dataset_version_saved ON dataset_version (file, saved);
