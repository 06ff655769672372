-- since: 23
-- What replicas of several ages need of each other, and what only one of them does.

ALTER TABLE migration ADD COLUMN since INTEGER NOT NULL DEFAULT 0; -- programs whose newest migration is older must not run beside it

-- Who does what only one replica is to do.
CREATE TABLE lease (
	name     TEXT PRIMARY KEY,
	holder   TEXT NOT NULL,
	until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
