-- since: 14
-- What running a Tool occupies. A Run of one that nothing runs is refused, so it may have any.

UPDATE version SET pool = CASE WHEN CAST(content AS TEXT) LIKE '%"source_code"%' THEN 'python' ELSE 'native' END
	WHERE file IN (SELECT seq FROM file WHERE kind = 'tool');
