-- since: 6
-- Evaluations and Runs. Their statuses and statistics come from run_log and run_judgment alone, so that no Log is read for them.
--
-- A judge is a version of an Evaluator, or, where clients and people judge, minus the seq of the Evaluator: whatever version they name.

CREATE TABLE evaluation (
	seq        INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	file       INTEGER NOT NULL, -- 0 for none
	name       TEXT NOT NULL,    -- '' for none
	created_us INTEGER NOT NULL,
	updated_us INTEGER NOT NULL,
	created_by TEXT NOT NULL
) STRICT;
CREATE INDEX evaluation_file ON evaluation (file);
CREATE UNIQUE INDEX evaluation_name ON evaluation (file, name) WHERE name <> '';

CREATE TABLE evaluation_evaluator (
	evaluation   INTEGER NOT NULL REFERENCES evaluation (seq),
	version      INTEGER NOT NULL REFERENCES version (seq),
	orchestrated INTEGER NOT NULL, -- 1 or 0
	judge        INTEGER NOT NULL,
	added_us     INTEGER NOT NULL,
	PRIMARY KEY (evaluation, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
	seq          INTEGER PRIMARY KEY,
	id           TEXT NOT NULL UNIQUE,
	version      INTEGER NOT NULL, -- 0 for none
	dataset      INTEGER NOT NULL, -- a version; 0 for none
	orchestrated INTEGER NOT NULL,
	closed       TEXT NOT NULL,    -- the status that it was ended with by hand, else ''
	created_us   INTEGER NOT NULL,
	created_by   TEXT NOT NULL
) STRICT;
CREATE INDEX run_version ON run (version);

CREATE TABLE evaluation_run (
	evaluation INTEGER NOT NULL REFERENCES evaluation (seq),
	run        INTEGER NOT NULL REFERENCES run (seq),
	control    INTEGER NOT NULL, -- 1 for one of an Evaluation at most
	added_us   INTEGER NOT NULL,
	PRIMARY KEY (evaluation, run)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX evaluation_run_control ON evaluation_run (evaluation) WHERE control = 1;

-- The Logs of a Run: a row for each datapoint, whose log is NULL until there is one, and a row for each further Log.
CREATE TABLE run_log (
	run       INTEGER NOT NULL REFERENCES run (seq),
	place     INTEGER NOT NULL, -- of the datapoint in its Dataset, from 0 on; of a further Log 2^40 and its seq
	datapoint INTEGER,          -- NULL for a further Log
	log       INTEGER,
	PRIMARY KEY (run, place)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX run_log_log ON run_log (log, run) WHERE log IS NOT NULL;
CREATE INDEX run_log_missing ON run_log (datapoint, run) WHERE log IS NULL;

-- The Logs that name the datapoint they were made for.
CREATE TABLE datapoint_log (
	datapoint INTEGER NOT NULL,
	log       INTEGER NOT NULL,
	PRIMARY KEY (datapoint, log)
) STRICT, WITHOUT ROWID;
CREATE INDEX datapoint_log_log ON datapoint_log (log);

-- What Evaluators' Logs say of the Logs they judge. Of several by one judge the one with the highest evaluator_log counts.
CREATE TABLE judgment (
	log           INTEGER NOT NULL,
	evaluator_log INTEGER NOT NULL,
	version       INTEGER NOT NULL, -- of the Evaluator
	judge         INTEGER NOT NULL,
	outcome       INTEGER NOT NULL, -- see evaluation.Outcome
	number        REAL NOT NULL,
	choice        TEXT NOT NULL, -- JSON
	PRIMARY KEY (log, evaluator_log)
) STRICT, WITHOUT ROWID;
CREATE INDEX judgment_evaluator_log ON judgment (evaluator_log);

-- The judgments that count for Runs: one by each judge of each Log.
CREATE TABLE run_judgment (
	run           INTEGER NOT NULL REFERENCES run (seq),
	log           INTEGER NOT NULL,
	judge         INTEGER NOT NULL,
	evaluator_log INTEGER NOT NULL,
	outcome       INTEGER NOT NULL,
	number        REAL NOT NULL,
	choice        TEXT NOT NULL,
	PRIMARY KEY (run, log, judge)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_judgment_outcome ON run_judgment (run, judge, outcome, number, choice);
