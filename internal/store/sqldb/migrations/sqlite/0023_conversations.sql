-- since: 23
-- What calls asked, as far as Logs of the same conversation share it (see DESIGN.md).

CREATE TABLE log_part (
	seq  INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again, since processes remember it
	log  INTEGER UNIQUE,                    -- the seq of the Log that asked it; NULL once only later parts need it
	base INTEGER,                           -- the part that data is changes of; NULL for a whole one
	data BLOB NOT NULL
) STRICT;
CREATE INDEX log_part_base ON log_part (base) WHERE base IS NOT NULL;
