-- since: 8
-- Work that waits: Logs to make for Runs, and Logs to judge. A task is deleted once it is done. All of them follow from other tables, so nothing reads
-- tasks for a status.

CREATE TABLE task (
	seq      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind     BIGINT NOT NULL, -- 1 makes the Log of a place of a Run; 2 judges a Log
	subject  BIGINT NOT NULL, -- 1: the Run; 2: the Log
	object   BIGINT NOT NULL, -- 1: the place; 2: the version of the Evaluator
	revision BIGINT NOT NULL, -- 1: tries of the place; 2: the newest judgment of the Log by this version, or when the Log was changed
	run      BIGINT NOT NULL, -- that pays for it; 0 for monitoring
	monitor  BIGINT NOT NULL, -- that asked for it; 0 for a Run
	pool     TEXT COLLATE "C" NOT NULL,    -- what it occupies, see version.pool
	lane     BIGINT NOT NULL, -- 0 gate, 1 Run, 2 monitoring
	turn     BIGINT NOT NULL, -- its number within its Run
	due_us   BIGINT NOT NULL,
	lease_us BIGINT NOT NULL, -- claimed until; 0 when it is free
	worker   TEXT COLLATE "C" NOT NULL,
	attempts BIGINT NOT NULL, -- that failed
	lost     BIGINT NOT NULL, -- leases that ran out
	since_us BIGINT NOT NULL, -- of the first failure; 0 for none
	reason   TEXT COLLATE "C" NOT NULL     -- of the last failure
);
CREATE UNIQUE INDEX task_of ON task (kind, subject, object);
CREATE INDEX task_free ON task (pool, lane, turn, seq) WHERE lease_us = 0;
CREATE INDEX task_held ON task (lease_us) WHERE lease_us > 0;
CREATE INDEX task_run ON task (run) WHERE kind = 2 AND run > 0; -- of kind 1 it is the subject
CREATE INDEX task_monitor ON task (monitor) WHERE monitor > 0;

-- Servers that work on tasks share what providers allow.
CREATE TABLE replica (
	id      TEXT COLLATE "C" PRIMARY KEY,
	seen_us BIGINT NOT NULL
);

-- What tasks have cost.
CREATE TABLE spend (
	day  BIGINT PRIMARY KEY, -- since 1970, in UTC
	nano BIGINT NOT NULL     -- dollars * 10^9
);

-- What running a version occupies: 'python', 'native', or the provider that it asks; '' when the server does not run it. Escapes are replaced
-- before the JSON is read: PostgreSQL refuses those that stand for no character, whichever member they are in.
ALTER TABLE version ADD COLUMN pool TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE version SET pool = COALESCE(NULLIF(regexp_replace(convert_from(content, 'UTF8'), '\\(u[0-9a-fA-F]{4}|.)', '?', 'g')::json ->> 'provider', ''), 'openai')
	WHERE file IN (SELECT seq FROM file WHERE kind IN ('prompt', 'agent'));
UPDATE version SET pool = CASE regexp_replace(convert_from(content, 'UTF8'), '\\(u[0-9a-fA-F]{4}|.)', '?', 'g')::json ->> 'evaluator_type'
		WHEN 'python' THEN 'python'
		WHEN 'llm' THEN COALESCE(NULLIF(regexp_replace(convert_from(content, 'UTF8'), '\\(u[0-9a-fA-F]{4}|.)', '?', 'g')::json -> 'prompt' ->> 'provider', ''), 'openai')
		ELSE '' END
	WHERE file IN (SELECT seq FROM file WHERE kind = 'evaluator');

-- Runs are never deleted, and to look for the Run of each of 100,000 places takes longer than to make them.
ALTER TABLE run_log DROP CONSTRAINT run_log_run_fkey;
ALTER TABLE run_log ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;  -- how often the place was emptied
ALTER TABLE run_log ADD COLUMN failed BIGINT NOT NULL DEFAULT 0; -- 1 when its Log has an error
UPDATE run_log SET failed = 1 WHERE log IN (SELECT seq FROM log WHERE error_reason IS NOT NULL);

ALTER TABLE run ADD COLUMN lane BIGINT NOT NULL DEFAULT 1;
ALTER TABLE run ADD COLUMN max_cost BIGINT NOT NULL DEFAULT 0;    -- dollars * 10^9; 0 for no limit
ALTER TABLE run ADD COLUMN max_errors BIGINT NOT NULL DEFAULT -1; -- -1 for no limit
ALTER TABLE run ADD COLUMN spent BIGINT NOT NULL DEFAULT 0;       -- dollars * 10^9
ALTER TABLE run ADD COLUMN stopped TEXT COLLATE "C" NOT NULL DEFAULT '';       -- the reason why no more Logs are made
-- 1 for a Run from before there were tasks: nobody waits for its Logs any more.
ALTER TABLE run ADD COLUMN old BIGINT NOT NULL DEFAULT 0;
UPDATE run SET old = 1;
CREATE INDEX evaluation_run_of ON evaluation_run (run);

-- Which Logs are monitored, and how many were not because too many waited.
ALTER TABLE monitor ADD COLUMN sample DOUBLE PRECISION NOT NULL DEFAULT 1;
ALTER TABLE monitor ADD COLUMN log_environment TEXT COLLATE "C" NOT NULL DEFAULT ''; -- '' for all
ALTER TABLE monitor ADD COLUMN log_source TEXT COLLATE "C" NOT NULL DEFAULT '';      -- likewise
ALTER TABLE monitor ADD COLUMN log_failed BIGINT NOT NULL DEFAULT -1;   -- 1 or 0; -1 for all
ALTER TABLE monitor ADD COLUMN skipped BIGINT NOT NULL DEFAULT 0;
