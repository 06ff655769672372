package logs

import (
	"context"
	"database/sql"
	"slices"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Recount updates the counts of Logs and the times of last use in snaps, for the versions and their Files. It executes one statement for
// every 500 of snaps.
func (db *Store) Recount(ctx context.Context, snaps []*file.Snapshot) error {
	type used struct{ logs, at int64 }
	files, versions := map[string]used{}, map[string]used{}
	for chunk := range slices.Chunk(snaps, sqldb.MaxList/2) {
		var fileIDs, versionIDs []string
		for _, s := range chunk {
			fileIDs, versionIDs = append(fileIDs, s.File.ID), append(versionIDs, s.Version.ID)
		}
		ofFiles := new(sqldb.Where)
		sqldb.In(ofFiles, "f.id", fileIDs)
		ofVersions := &sqldb.Where{Args: ofFiles.Args}
		sqldb.In(ofVersions, "v.id", versionIDs)
		text := `SELECT f.id, '', CAST(SUM(u.logs_count) AS BIGINT), MAX(u.last_used_us) FROM usage u JOIN file f ON f.seq = u.file` + ofFiles.String() + ` GROUP BY f.id
			UNION ALL SELECT '', v.id, u.logs_count, u.last_used_us FROM usage u JOIN version v ON v.file = u.file AND v.seq = u.version` + ofVersions.String()
		err := sqldb.Each(ctx, db.Read, text, ofVersions.Args, func(rows *sql.Rows) error {
			var fileID, versionID string
			var u used
			err := rows.Scan(&fileID, &versionID, &u.logs, &u.at)
			if fileID != "" {
				files[fileID] = u
			} else {
				versions[versionID] = u
			}
			return err
		})
		if err != nil {
			return db.Fail("store.Recount", err)
		}
	}
	for _, s := range snaps {
		f, v := files[s.File.ID], versions[s.Version.ID]
		s.File.LogsCount, s.Version.LogsCount = f.logs, v.logs
		s.File.LastUsedAt = sqldb.FromMicros(max(s.File.CreatedAt.UnixMicro(), f.at))
		s.Version.LastUsedAt = sqldb.FromMicros(max(s.Version.CreatedAt.UnixMicro(), v.at))
	}
	return nil
}
