-- since: 5
-- What finds Logs by their texts. All of it follows from the Logs and is built in the background (see DESIGN.md).

-- A segment is 4096 places of Logs one after the other. A Log without a segment that is ready is looked at by itself.
CREATE TABLE log_segment (
	segment  BIGINT PRIMARY KEY, -- the seq of its Logs / 4096
	claim    BIGINT NOT NULL,    -- when it began to be built, in microseconds; 0 when it is ready
	first_us BIGINT NOT NULL,    -- the times its Logs were created
	last_us  BIGINT NOT NULL,
	gone     BYTEA NOT NULL,    -- a bit for each of its Logs that was deleted since it was claimed; '' for none
	owners   BYTEA NOT NULL,    -- the Files and versions of its Logs, inside a trace or not, with their numbers
	entries  BYTEA NOT NULL     -- owner and time of each of its Logs
);

CREATE TABLE log_gram (
	place BIGINT PRIMARY KEY, -- segment * 1024 + a hash of the gram
	lists BYTEA NOT NULL      -- the Logs that hold each gram
);

-- Logs that changed after their segment may have been built.
CREATE TABLE log_changed (
	log   BIGINT PRIMARY KEY, -- its seq
	times BIGINT NOT NULL
);

-- How long the Logs of a File are kept, for Files that have a rule of their own.
CREATE TABLE log_retention (
	file    BIGINT PRIMARY KEY,
	keep_us BIGINT NOT NULL -- 0 for ever
);
