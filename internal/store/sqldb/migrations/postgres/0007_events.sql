-- since: 6
-- What was changed, and by whom. Every change leaves an event in its own transaction, but for Logs that are stored. Old ones are deleted.

CREATE TABLE event (
	seq          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	time_us      BIGINT NOT NULL,
	operation    TEXT COLLATE "C" NOT NULL,
	subject_kind TEXT COLLATE "C" NOT NULL,
	subject_id   TEXT COLLATE "C" NOT NULL, -- '' for several subjects at once
	principal    TEXT COLLATE "C" NOT NULL, -- an API key; '' for the server itself
	detail       TEXT COLLATE "C" NOT NULL
);
CREATE INDEX event_subject ON event (subject_kind, subject_id, seq);
CREATE INDEX event_time ON event (time_us);
