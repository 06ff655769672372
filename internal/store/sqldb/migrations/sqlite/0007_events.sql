-- since: 6
-- What was changed, and by whom. Every change leaves an event in its own transaction, but for Logs that are stored. Old ones are deleted.

CREATE TABLE event (
	seq          INTEGER PRIMARY KEY,
	time_us      INTEGER NOT NULL,
	operation    TEXT NOT NULL,
	subject_kind TEXT NOT NULL,
	subject_id   TEXT NOT NULL, -- '' for several subjects at once
	principal    TEXT NOT NULL, -- an API key; '' for the server itself
	detail       TEXT NOT NULL
) STRICT;
CREATE INDEX event_subject ON event (subject_kind, subject_id, seq);
CREATE INDEX event_time ON event (time_us);
