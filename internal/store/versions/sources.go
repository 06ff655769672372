package versions

import (
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// sourcesOf are the Logs that the added datapoints were made of, by their digests; nil when there are none.
func (s *DatasetSave) sourcesOf(added []member) map[file.Digest]string {
	given := map[file.Digest]string{}
	for _, d := range s.Datapoints {
		if d.SourceLogID != "" && given[d.Digest] == "" {
			given[d.Digest] = d.SourceLogID
		}
	}
	if len(given) == 0 {
		return nil
	}
	sources := make(map[file.Digest]string, len(given))
	for i := range added {
		if source := given[added[i].digest]; source != "" {
			sources[added[i].digest] = source
		}
	}
	return sources
}

// keepSources notes of which Logs the datapoints were made that e adds. One that was made of a Log before keeps that.
func (w *saving) keepSources(ctx context.Context, e *datasetEdit) error {
	if len(e.sources) == 0 {
		return nil
	}
	var made []member
	for _, c := range e.chunks {
		made = append(made, slices.DeleteFunc(slices.Clone(c.members), func(m member) bool { return e.sources[m.digest] == "" })...)
	}
	for part := range slices.Chunk(made, maxRows) {
		var c sqldb.Where
		text := []byte(`INSERT INTO datapoint_source (datapoint, log) VALUES `)
		for i := range part {
			if i > 0 {
				text = append(text, ", "...)
			}
			text = append(text, "("+c.Param(part[i].seq)+", "+c.Param(sqldb.Storable(e.sources[part[i].digest]))+")"...)
		}
		if err := w.exec(ctx, string(text)+` ON CONFLICT (datapoint) DO NOTHING`, c.Args...); err != nil {
			return err
		}
	}
	return nil
}
