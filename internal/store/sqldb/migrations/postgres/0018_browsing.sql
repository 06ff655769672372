-- since: 18
-- What people look around by: who changed and deployed what, and which versions somebody saved.

ALTER TABLE file ADD COLUMN updated_by TEXT COLLATE "C" NOT NULL DEFAULT ''; -- the API key of the last change
UPDATE file SET updated_by = COALESCE((SELECT v.created_by FROM version v WHERE v.file = file.seq ORDER BY v.seq DESC LIMIT 1), created_by);

-- 0 when a call or a Log made the version by bringing its content along. Of older versions that is not known.
ALTER TABLE version ADD COLUMN saved BIGINT NOT NULL DEFAULT 1;

-- Lists read names and counts here, not the rows with the content.
CREATE INDEX version_live ON version (file, seq, saved) WHERE deleted_us IS NULL;
CREATE INDEX version_words ON version (id) WHERE deleted_us IS NULL AND (name <> '' OR length(description) > 0);

ALTER TABLE deployment ADD COLUMN created_by TEXT COLLATE "C" NOT NULL DEFAULT '';

-- The history of deployments. The newest entry of a File and an environment is what is there now.
CREATE TABLE deployment_change (
	seq            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	file           BIGINT NOT NULL REFERENCES file (seq),
	environment_id TEXT COLLATE "C" NOT NULL,
	version        BIGINT NOT NULL, -- 0 when one was only removed
	replaced       BIGINT NOT NULL, -- the version that was there before; 0 for none
	created_us     BIGINT NOT NULL,
	created_by     TEXT COLLATE "C" NOT NULL,
	comment        BYTEA NOT NULL,
	forced         BIGINT NOT NULL -- 1 when it went past a closed gate, else 0
);
CREATE INDEX deployment_change_file ON deployment_change (file, seq);

-- The event of a deployment was written in its transaction, just after it. Events of deployments that were replaced do not name the environment.
UPDATE deployment SET created_by = COALESCE((SELECT e.principal FROM event e
	WHERE e.subject_kind = 'file' AND e.subject_id = (SELECT f.id FROM file f WHERE f.seq = deployment.file)
	AND e.operation IN ('Deploy', 'SaveVersion', 'SaveDataset') AND e.detail = (SELECT v.id FROM version v WHERE v.seq = deployment.version)
	AND e.time_us BETWEEN deployment.created_us AND deployment.created_us + 60000000 ORDER BY e.seq LIMIT 1), forced_by);
INSERT INTO deployment_change (file, environment_id, version, replaced, created_us, created_by, comment, forced)
	SELECT d.file, d.environment_id, d.version, 0, d.created_us, d.created_by, '', CASE d.forced_by WHEN '' THEN 0 ELSE 1 END
	FROM deployment d ORDER BY d.created_us, d.file, d.environment_id;
