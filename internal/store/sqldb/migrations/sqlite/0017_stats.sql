-- since: 17
-- What Logs add up to. All of it is written by the program (see DESIGN.md).

-- What was added or changed and is in no interval yet: written in the transaction of the Logs.
CREATE TABLE stat_journal (
	seq     INTEGER PRIMARY KEY,
	entries BLOB NOT NULL
) STRICT;

-- What Logs have in common that are added up together. Rows never change.
CREATE TABLE stat_series (
	id  INTEGER PRIMARY KEY,
	key BLOB NOT NULL UNIQUE
) STRICT;

-- The figures of all series of an interval: five minutes, an hour or a day. They are added, so several intervals may hold the same time.
CREATE TABLE stat_interval (
	length_s INTEGER NOT NULL,
	start_s  INTEGER NOT NULL, -- seconds since 1970
	figures  BLOB NOT NULL,
	PRIMARY KEY (length_s, start_s)
) STRICT;

-- One row: Logs from before this migration up to this seq are still to be added; 0 when all are.
CREATE TABLE stat_backfill (
	upto INTEGER NOT NULL
) STRICT;
INSERT INTO stat_backfill (upto) SELECT COALESCE(MAX(seq), 0) FROM log;
