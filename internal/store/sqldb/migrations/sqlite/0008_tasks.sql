-- since: 8
-- Work that waits: Logs to make for Runs, and Logs to judge. A task is deleted once it is done. All of them follow from other tables, so nothing reads
-- tasks for a status.

CREATE TABLE task (
	seq      INTEGER PRIMARY KEY AUTOINCREMENT,
	kind     INTEGER NOT NULL, -- 1 makes the Log of a place of a Run; 2 judges a Log
	subject  INTEGER NOT NULL, -- 1: the Run; 2: the Log
	object   INTEGER NOT NULL, -- 1: the place; 2: the version of the Evaluator
	revision INTEGER NOT NULL, -- 1: tries of the place; 2: the newest judgment of the Log by this version, or when the Log was changed
	run      INTEGER NOT NULL, -- that pays for it; 0 for monitoring
	monitor  INTEGER NOT NULL, -- that asked for it; 0 for a Run
	pool     TEXT NOT NULL,    -- what it occupies, see version.pool
	lane     INTEGER NOT NULL, -- 0 gate, 1 Run, 2 monitoring
	turn     INTEGER NOT NULL, -- its number within its Run
	due_us   INTEGER NOT NULL,
	lease_us INTEGER NOT NULL, -- claimed until; 0 when it is free
	worker   TEXT NOT NULL,
	attempts INTEGER NOT NULL, -- that failed
	lost     INTEGER NOT NULL, -- leases that ran out
	since_us INTEGER NOT NULL, -- of the first failure; 0 for none
	reason   TEXT NOT NULL     -- of the last failure
) STRICT;
CREATE UNIQUE INDEX task_of ON task (kind, subject, object);
CREATE INDEX task_free ON task (pool, lane, turn, seq) WHERE lease_us = 0;
CREATE INDEX task_held ON task (lease_us) WHERE lease_us > 0;
CREATE INDEX task_run ON task (run) WHERE kind = 2 AND run > 0; -- of kind 1 it is the subject
CREATE INDEX task_monitor ON task (monitor) WHERE monitor > 0;

-- Servers that work on tasks share what providers allow.
CREATE TABLE replica (
	id      TEXT PRIMARY KEY,
	seen_us INTEGER NOT NULL
) STRICT;

-- What tasks have cost.
CREATE TABLE spend (
	day  INTEGER PRIMARY KEY, -- since 1970, in UTC
	nano INTEGER NOT NULL     -- dollars * 10^9
) STRICT;

-- What running a version occupies: 'python', 'native', or the provider that it asks; '' when the server does not run it.
ALTER TABLE version ADD COLUMN pool TEXT NOT NULL DEFAULT '';
UPDATE version SET pool = COALESCE(NULLIF(CASE WHEN json_valid(CAST(content AS TEXT)) THEN json_extract(CAST(content AS TEXT), '$.provider') END, ''), 'openai')
	WHERE file IN (SELECT seq FROM file WHERE kind IN ('prompt', 'agent'));
UPDATE version SET pool = CASE CASE WHEN json_valid(CAST(content AS TEXT)) THEN json_extract(CAST(content AS TEXT), '$.evaluator_type') END
		WHEN 'python' THEN 'python'
		WHEN 'llm' THEN COALESCE(NULLIF(json_extract(CAST(content AS TEXT), '$.prompt.provider'), ''), 'openai')
		ELSE '' END
	WHERE file IN (SELECT seq FROM file WHERE kind = 'evaluator');

ALTER TABLE run_log ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;  -- how often the place was emptied
ALTER TABLE run_log ADD COLUMN failed INTEGER NOT NULL DEFAULT 0; -- 1 when its Log has an error
UPDATE run_log SET failed = 1 WHERE log IN (SELECT seq FROM log WHERE error_reason IS NOT NULL);

ALTER TABLE run ADD COLUMN lane INTEGER NOT NULL DEFAULT 1;
ALTER TABLE run ADD COLUMN max_cost INTEGER NOT NULL DEFAULT 0;    -- dollars * 10^9; 0 for no limit
ALTER TABLE run ADD COLUMN max_errors INTEGER NOT NULL DEFAULT -1; -- -1 for no limit
ALTER TABLE run ADD COLUMN spent INTEGER NOT NULL DEFAULT 0;       -- dollars * 10^9
ALTER TABLE run ADD COLUMN stopped TEXT NOT NULL DEFAULT '';       -- the reason why no more Logs are made
-- 1 for a Run from before there were tasks: nobody waits for its Logs any more.
ALTER TABLE run ADD COLUMN old INTEGER NOT NULL DEFAULT 0;
UPDATE run SET old = 1;
CREATE INDEX evaluation_run_of ON evaluation_run (run);

-- Which Logs are monitored, and how many were not because too many waited.
ALTER TABLE monitor ADD COLUMN sample REAL NOT NULL DEFAULT 1;
ALTER TABLE monitor ADD COLUMN log_environment TEXT NOT NULL DEFAULT ''; -- '' for all
ALTER TABLE monitor ADD COLUMN log_source TEXT NOT NULL DEFAULT '';      -- likewise
ALTER TABLE monitor ADD COLUMN log_failed INTEGER NOT NULL DEFAULT -1;   -- 1 or 0; -1 for all
ALTER TABLE monitor ADD COLUMN skipped INTEGER NOT NULL DEFAULT 0;
