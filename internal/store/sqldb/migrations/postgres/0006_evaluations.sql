-- since: 6
-- Evaluations and Runs. Their statuses and statistics come from run_log and run_judgment alone, so that no Log is read for them.
--
-- A judge is a version of an Evaluator, or, where clients and people judge, minus the seq of the Evaluator: whatever version they name.

CREATE TABLE evaluation (
	seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id         TEXT COLLATE "C" NOT NULL UNIQUE,
	file       BIGINT NOT NULL, -- 0 for none
	name       TEXT COLLATE "C" NOT NULL, -- '' for none
	created_us BIGINT NOT NULL,
	updated_us BIGINT NOT NULL,
	created_by TEXT COLLATE "C" NOT NULL
);
CREATE INDEX evaluation_file ON evaluation (file);
CREATE UNIQUE INDEX evaluation_name ON evaluation (file, name) WHERE name <> '';

CREATE TABLE evaluation_evaluator (
	evaluation   BIGINT NOT NULL REFERENCES evaluation (seq),
	version      BIGINT NOT NULL REFERENCES version (seq),
	orchestrated BIGINT NOT NULL, -- 1 or 0
	judge        BIGINT NOT NULL,
	added_us     BIGINT NOT NULL,
	PRIMARY KEY (evaluation, version)
);

CREATE TABLE run (
	seq          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id           TEXT COLLATE "C" NOT NULL UNIQUE,
	version      BIGINT NOT NULL, -- 0 for none
	dataset      BIGINT NOT NULL, -- a version; 0 for none
	orchestrated BIGINT NOT NULL,
	closed       TEXT COLLATE "C" NOT NULL, -- the status that it was ended with by hand, else ''
	created_us   BIGINT NOT NULL,
	created_by   TEXT COLLATE "C" NOT NULL
);
CREATE INDEX run_version ON run (version);

CREATE TABLE evaluation_run (
	evaluation BIGINT NOT NULL REFERENCES evaluation (seq),
	run        BIGINT NOT NULL REFERENCES run (seq),
	control    BIGINT NOT NULL, -- 1 for one of an Evaluation at most
	added_us   BIGINT NOT NULL,
	PRIMARY KEY (evaluation, run)
);
CREATE UNIQUE INDEX evaluation_run_control ON evaluation_run (evaluation) WHERE control = 1;

-- The Logs of a Run: a row for each datapoint, whose log is NULL until there is one, and a row for each further Log.
CREATE TABLE run_log (
	run       BIGINT NOT NULL REFERENCES run (seq),
	place     BIGINT NOT NULL, -- of the datapoint in its Dataset, from 0 on; of a further Log 2^40 and its seq
	datapoint BIGINT, -- NULL for a further Log
	log       BIGINT,
	PRIMARY KEY (run, place)
);
CREATE UNIQUE INDEX run_log_log ON run_log (log, run) WHERE log IS NOT NULL;
CREATE INDEX run_log_missing ON run_log (datapoint, run) WHERE log IS NULL;

-- The Logs that name the datapoint they were made for.
CREATE TABLE datapoint_log (
	datapoint BIGINT NOT NULL,
	log       BIGINT NOT NULL,
	PRIMARY KEY (datapoint, log)
);
CREATE INDEX datapoint_log_log ON datapoint_log (log);

-- What Evaluators' Logs say of the Logs they judge. Of several by one judge the one with the highest evaluator_log counts.
CREATE TABLE judgment (
	log           BIGINT NOT NULL,
	evaluator_log BIGINT NOT NULL,
	version       BIGINT NOT NULL, -- of the Evaluator
	judge         BIGINT NOT NULL,
	outcome       BIGINT NOT NULL, -- see evaluation.Outcome
	number        DOUBLE PRECISION NOT NULL,
	choice        TEXT COLLATE "C" NOT NULL, -- JSON
	PRIMARY KEY (log, evaluator_log)
);
CREATE INDEX judgment_evaluator_log ON judgment (evaluator_log);

-- The judgments that count for Runs: one by each judge of each Log.
CREATE TABLE run_judgment (
	run           BIGINT NOT NULL REFERENCES run (seq),
	log           BIGINT NOT NULL,
	judge         BIGINT NOT NULL,
	evaluator_log BIGINT NOT NULL,
	outcome       BIGINT NOT NULL,
	number        DOUBLE PRECISION NOT NULL,
	choice        TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (run, log, judge)
);
CREATE INDEX run_judgment_outcome ON run_judgment (run, judge, outcome, number, choice);
