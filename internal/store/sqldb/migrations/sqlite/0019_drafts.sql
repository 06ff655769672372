-- since: 19
-- Versions that were only tried: lists leave them out, and nobody gets one that does not name it.

ALTER TABLE version ADD COLUMN draft INTEGER NOT NULL DEFAULT 0; -- 1 or 0
