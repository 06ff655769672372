-- since: 16
-- What lists of Logs across Files are narrowed, counted and ordered by: a row for each column of a segment (see DESIGN.md).

ALTER TABLE log_segment ADD COLUMN facts INTEGER NOT NULL DEFAULT 0; -- when its facts were built; 0 when they are not there

CREATE TABLE log_fact (
	place INTEGER PRIMARY KEY, -- segment * 32 + the number of the column
	facts BLOB NOT NULL
) STRICT;
