-- since: 1
-- The workspace's keys of model providers, encrypted; see package vault.
CREATE TABLE provider_key (
	provider   TEXT COLLATE "C" PRIMARY KEY,
	sealed     BYTEA NOT NULL,
	hint       TEXT COLLATE "C" NOT NULL,
	base_url   TEXT COLLATE "C" NOT NULL, -- '' for the provider's own
	created_us BIGINT NOT NULL,
	updated_us BIGINT NOT NULL,
	created_by TEXT COLLATE "C" NOT NULL
);
