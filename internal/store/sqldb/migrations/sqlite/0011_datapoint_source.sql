-- since: 10
-- Where datapoints came from that were made of Logs. The Log is named by its id, for it may be deleted before the datapoint.

CREATE TABLE datapoint_source (
	datapoint INTEGER PRIMARY KEY, -- its seq
	log       TEXT NOT NULL
) STRICT;
