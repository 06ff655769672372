-- since: 10
-- Where datapoints came from that were made of Logs. The Log is named by its id, for it may be deleted before the datapoint.

CREATE TABLE datapoint_source (
	datapoint BIGINT PRIMARY KEY, -- its seq
	log       TEXT COLLATE "C" NOT NULL
);
