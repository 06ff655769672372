-- since: 23
-- Versions of Files are counted without reading their rows, in which drafts are told apart behind the content.
DROP INDEX version_live;
CREATE INDEX version_live ON version (file, seq, saved, draft) WHERE deleted_us IS NULL;
