-- since: 23
-- Answers that their providers keep, and with which key; see package kept.

CREATE TABLE stored_response (
	id         TEXT PRIMARY KEY,
	log        TEXT NOT NULL, -- its id
	provider   TEXT NOT NULL,
	credential TEXT NOT NULL, -- name of a provider key
	key        TEXT NOT NULL, -- id of an API key
	created_us INTEGER NOT NULL
) STRICT;
CREATE INDEX stored_response_age ON stored_response (created_us);
