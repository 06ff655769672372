-- since: 23
-- Which calls go on when the server has more than it can do; see package admit.

ALTER TABLE api_key ADD COLUMN priority TEXT NOT NULL DEFAULT 'interactive'; -- critical, interactive or batch
