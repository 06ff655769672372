-- since: 10
-- Turns of Agents that are going on: of each Log one at a time. A turn whose lease is over was lost with its process.

CREATE TABLE turn (
	log      TEXT PRIMARY KEY, -- the id of the Agent's Log
	holder   TEXT NOT NULL,
	lease_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
