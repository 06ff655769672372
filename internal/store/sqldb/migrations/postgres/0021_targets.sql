-- since: 21
-- Several keys of a provider, each with a name, its part in the calls, and the models that it is for.

ALTER TABLE provider_key
	ADD COLUMN name   TEXT COLLATE "C" NOT NULL DEFAULT 'default',
	ADD COLUMN tier   BIGINT NOT NULL DEFAULT 0,               -- those of the lowest are used first
	ADD COLUMN weight BIGINT NOT NULL DEFAULT 1,               -- within its tier
	ADD COLUMN models TEXT COLLATE "C" NOT NULL DEFAULT '[]';  -- a JSON array of names; an empty one stands for all
ALTER TABLE provider_key DROP CONSTRAINT provider_key_pkey;
ALTER TABLE provider_key ADD PRIMARY KEY (provider, name);
