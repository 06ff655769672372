-- since: 19
-- What changed in all Files within a time: versions that somebody saved, and deployments.

CREATE INDEX version_saved ON version (created_us, file, created_by) WHERE deleted_us IS NULL AND saved = 1 AND draft = 0;
CREATE INDEX deployment_change_time ON deployment_change (created_us);
