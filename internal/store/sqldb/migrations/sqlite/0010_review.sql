-- since: 10
-- What people review: how many of them are to judge each Log, who did, and who is at it.

ALTER TABLE evaluation ADD COLUMN reviews INTEGER NOT NULL DEFAULT 1; -- by different people, of each Log by each human Evaluator
ALTER TABLE evaluation_evaluator ADD COLUMN human INTEGER NOT NULL DEFAULT 0; -- 1 when people judge
UPDATE evaluation_evaluator SET human = 1 WHERE version IN
	(SELECT seq FROM version WHERE instr(content, CAST('"evaluator_type":"human"' AS BLOB)) > 0);
ALTER TABLE judgment ADD COLUMN reviewer TEXT NOT NULL DEFAULT ''; -- the user that the Log names, or else the API key

-- A Log that somebody was given to judge is given to nobody else for a while.
CREATE TABLE review_hold (
	log      INTEGER NOT NULL, -- its seq
	judge    INTEGER NOT NULL, -- as in judgment
	reviewer TEXT NOT NULL,
	until_us INTEGER NOT NULL,
	PRIMARY KEY (log, judge, reviewer)
) STRICT, WITHOUT ROWID;
CREATE INDEX review_hold_until ON review_hold (until_us);
