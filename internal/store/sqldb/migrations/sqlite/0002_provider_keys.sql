-- since: 1
-- The workspace's keys of model providers, encrypted; see package vault.
CREATE TABLE provider_key (
	provider   TEXT PRIMARY KEY,
	sealed     BLOB NOT NULL,
	hint       TEXT NOT NULL,
	base_url   TEXT NOT NULL, -- '' for the provider's own
	created_us INTEGER NOT NULL,
	updated_us INTEGER NOT NULL,
	created_by TEXT NOT NULL
) STRICT;
