-- since: 5
-- What finds Logs by their texts. All of it follows from the Logs and is built in the background (see DESIGN.md).

-- A segment is 4096 places of Logs one after the other. A Log without a segment that is ready is looked at by itself.
CREATE TABLE log_segment (
	segment  INTEGER PRIMARY KEY, -- the seq of its Logs / 4096
	claim    INTEGER NOT NULL,    -- when it began to be built, in microseconds; 0 when it is ready
	first_us INTEGER NOT NULL,    -- the times its Logs were created
	last_us  INTEGER NOT NULL,
	gone     BLOB NOT NULL,     -- a bit for each of its Logs that was deleted since it was claimed; '' for none
	owners   BLOB NOT NULL,     -- the Files and versions of its Logs, inside a trace or not, with their numbers
	entries  BLOB NOT NULL      -- owner and time of each of its Logs
) STRICT;

CREATE TABLE log_gram (
	place INTEGER PRIMARY KEY, -- segment * 1024 + a hash of the gram
	lists BLOB NOT NULL        -- the Logs that hold each gram
) STRICT;

-- Logs that changed after their segment may have been built.
CREATE TABLE log_changed (
	log   INTEGER PRIMARY KEY, -- its seq
	times INTEGER NOT NULL
) STRICT;

-- How long the Logs of a File are kept, for Files that have a rule of their own.
CREATE TABLE log_retention (
	file    INTEGER PRIMARY KEY,
	keep_us INTEGER NOT NULL -- 0 for ever
) STRICT;
