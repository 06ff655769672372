-- since: 23
-- Answers that their providers keep, and with which key; see package kept.

CREATE TABLE stored_response (
	id         TEXT COLLATE "C" PRIMARY KEY,
	log        TEXT COLLATE "C" NOT NULL, -- its id
	provider   TEXT COLLATE "C" NOT NULL,
	credential TEXT COLLATE "C" NOT NULL, -- name of a provider key
	key        TEXT COLLATE "C" NOT NULL, -- id of an API key
	created_us BIGINT NOT NULL
);
CREATE INDEX stored_response_age ON stored_response (created_us);
