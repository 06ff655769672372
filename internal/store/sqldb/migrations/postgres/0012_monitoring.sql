-- since: 10
-- What monitoring does, and whether it judges Logs of Runs as well.

ALTER TABLE monitor ADD COLUMN runs BIGINT NOT NULL DEFAULT 0; -- 1 to judge Logs of Runs too

-- Judgments of a monitor by the time when they were made, in steps of ten minutes. Older ones than a day are deleted.
CREATE TABLE monitor_count (
	monitor    BIGINT NOT NULL REFERENCES monitor (seq) ON DELETE CASCADE,
	since_us   BIGINT NOT NULL,
	judged     BIGINT NOT NULL,
	failed     BIGINT NOT NULL,
	failed_log TEXT COLLATE "C" NOT NULL, -- the id of the Log of the Evaluator that failed last; '' for none
	PRIMARY KEY (monitor, since_us)
);
