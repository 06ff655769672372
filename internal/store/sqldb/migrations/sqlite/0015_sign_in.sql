-- since: 14
-- Who is signed in with which API key, and when keys were used.

ALTER TABLE api_key ADD COLUMN created_by TEXT NOT NULL DEFAULT '';   -- the API key that made it; '' for the server and the command line
ALTER TABLE api_key ADD COLUMN used_us    INTEGER NOT NULL DEFAULT 0; -- to within five minutes; 0 for never

CREATE TABLE session (
	id         TEXT PRIMARY KEY,
	hash       TEXT NOT NULL UNIQUE, -- of what the browser sends
	key_id     TEXT NOT NULL REFERENCES api_key (id),
	user_agent BLOB NOT NULL,
	created_us INTEGER NOT NULL,
	seen_us    INTEGER NOT NULL      -- to within five minutes
) STRICT;
CREATE INDEX session_key ON session (key_id);

CREATE TABLE sign_in_link (
	hash       TEXT PRIMARY KEY,
	key_id     TEXT NOT NULL REFERENCES api_key (id),
	expires_us INTEGER NOT NULL
) STRICT;
