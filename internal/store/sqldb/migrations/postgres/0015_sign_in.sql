-- since: 14
-- Who is signed in with which API key, and when keys were used.

ALTER TABLE api_key ADD COLUMN created_by TEXT COLLATE "C" NOT NULL DEFAULT '';   -- the API key that made it; '' for the server and the command line
ALTER TABLE api_key ADD COLUMN used_us    BIGINT NOT NULL DEFAULT 0; -- to within five minutes; 0 for never

CREATE TABLE session (
	id         TEXT COLLATE "C" PRIMARY KEY,
	hash       TEXT COLLATE "C" NOT NULL UNIQUE, -- of what the browser sends
	key_id     TEXT COLLATE "C" NOT NULL REFERENCES api_key (id),
	user_agent BYTEA NOT NULL,
	created_us BIGINT NOT NULL,
	seen_us    BIGINT NOT NULL      -- to within five minutes
);
CREATE INDEX session_key ON session (key_id);

CREATE TABLE sign_in_link (
	hash       TEXT COLLATE "C" PRIMARY KEY,
	key_id     TEXT COLLATE "C" NOT NULL REFERENCES api_key (id),
	expires_us BIGINT NOT NULL
);
