-- since: 23
-- What calls asked, as far as Logs of the same conversation share it (see DESIGN.md).

CREATE TABLE log_part (
	seq  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	log  BIGINT UNIQUE, -- the seq of the Log that asked it; NULL once only later parts need it
	base BIGINT,        -- the part that data is changes of; NULL for a whole one
	data BYTEA NOT NULL
);
CREATE INDEX log_part_base ON log_part (base) WHERE base IS NOT NULL;
