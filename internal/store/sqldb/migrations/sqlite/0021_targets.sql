-- since: 21
-- Several keys of a provider, each with a name, its part in the calls, and the models that it is for.

CREATE TABLE provider_keys (
	provider   TEXT NOT NULL,
	sealed     BLOB NOT NULL,
	hint       TEXT NOT NULL,
	base_url   TEXT NOT NULL, -- '' for the provider's own
	created_us INTEGER NOT NULL,
	updated_us INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	name       TEXT NOT NULL DEFAULT 'default',
	tier       INTEGER NOT NULL DEFAULT 0,    -- those of the lowest are used first
	weight     INTEGER NOT NULL DEFAULT 1,    -- within its tier
	models     TEXT NOT NULL DEFAULT '[]',    -- a JSON array of names; an empty one stands for all
	PRIMARY KEY (provider, name)
) STRICT;
INSERT INTO provider_keys (provider, sealed, hint, base_url, created_us, updated_us, created_by)
	SELECT provider, sealed, hint, base_url, created_us, updated_us, created_by FROM provider_key;
DROP TABLE provider_key;
ALTER TABLE provider_keys RENAME TO provider_key;
