-- since: 21
-- Drafts by their age: those that no Log uses are deleted.

CREATE INDEX version_draft ON version (created_us) WHERE draft = 1;
