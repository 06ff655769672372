-- since: 23
-- What replicas of several ages need of each other, and what only one of them does.

ALTER TABLE migration ADD COLUMN since BIGINT NOT NULL DEFAULT 0; -- programs whose newest migration is older must not run beside it

-- Who does what only one replica is to do.
CREATE TABLE lease (
	name     TEXT COLLATE "C" PRIMARY KEY,
	holder   TEXT COLLATE "C" NOT NULL,
	until_us BIGINT NOT NULL
);
