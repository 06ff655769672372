package versions

import (
	"context"
	"database/sql"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// Datapoints returns a page of the datapoints in a version of a Dataset, in order, and how many the version has in all. Errors: version_not_found.
func (db *Store) Datapoints(ctx context.Context, versionID string, page trace.Page) (list []file.Datapoint, total int, err error) {
	defer db.Failed("store.Datapoints", &err)
	var blob []byte
	missing := errs.New(errs.VersionNotFound, "Version `%s` of a Dataset does not exist.", versionID).At("version_id")
	err = sqldb.Must(ctx, db.Read, missing, `SELECT d.chunks FROM dataset_version d JOIN version v ON v.seq = d.version WHERE v.id = $1`,
		[]any{sqldb.Storable(versionID)}, &blob)
	if err != nil {
		return nil, 0, err
	}
	refs, total, err := decodeCounted(blob)
	if err != nil {
		return nil, 0, err
	}
	from := min(page.Offset(), total)
	to := from + min(max(page.Size, 0), total-from)
	seqs, err := readSeqs(ctx, db.Read, refs, from, to)
	if err != nil {
		return nil, 0, err
	}
	list, err = readDatapoints(ctx, db.Read, seqs)
	return list, total, err
}

// decodeCounted also returns the number of datapoints in the chunks.
func decodeCounted(blob []byte) (refs []chunkRef, total int, err error) {
	refs, err = decodeRefs(blob)
	for _, r := range refs {
		total += r.count
	}
	return refs, total, err
}

// DatapointsByID returns datapoints of any Datasets, even deleted ones, by id. It omits unknown ids.
func (db *Store) DatapointsByID(ctx context.Context, ids []string) (map[string]file.Datapoint, error) {
	byID, err := DatapointsByID(ctx, db.Read, ids)
	return byID, db.Fail("store.DatapointsByID", err)
}

// DatapointsByID is [Store.DatapointsByID] with any connection.
func DatapointsByID(ctx context.Context, q sqldb.Querier, ids []string) (map[string]file.Datapoint, error) {
	byID := make(map[string]file.Datapoint, len(ids))
	return byID, eachDatapoint(ctx, q, "id", ids, func(_ int64, d file.Datapoint) { byID[d.ID] = d })
}

// readSeqs returns the seqs of the datapoints in the chunks from place from up to, but not including, place to.
func readSeqs(ctx context.Context, q sqldb.Querier, refs []chunkRef, from, to int) ([]int64, error) {
	var wanted []chunkRef
	at, first := 0, 0 // the places where a chunk, and the wanted chunks, begin
	for _, r := range refs {
		if at+r.count > from && at < to {
			if wanted == nil {
				first = at
			}
			wanted = append(wanted, r)
		}
		at += r.count
	}
	chunks, err := readChunks(ctx, q, wanted)
	if err != nil || chunks == nil {
		return nil, err
	}
	var seqs []int64
	for _, c := range chunks {
		for i := range c.members {
			seqs = append(seqs, c.members[i].seq)
		}
	}
	return seqs[from-first : to-first], nil
}

// DatapointSeqs returns the seqs of the datapoints in a version of a Dataset, in order. dataset is the seq of the version.
func DatapointSeqs(ctx context.Context, q sqldb.Querier, dataset int64) ([]int64, error) {
	var blob []byte
	ok, err := sqldb.Found(ctx, q, `SELECT chunks FROM dataset_version WHERE version = $1`, []any{dataset}, &blob)
	if err != nil || !ok {
		return nil, err
	}
	refs, total, err := decodeCounted(blob)
	if err != nil {
		return nil, err
	}
	return readSeqs(ctx, q, refs, 0, total)
}

// readChunks returns the chunks, in the order of refs.
func readChunks(ctx context.Context, q sqldb.Querier, refs []chunkRef) ([]chunk, error) {
	bySeq := make(map[int64][]member, len(refs))
	seqs := sqldb.Values(refs, func(r chunkRef) int64 { return r.seq })
	err := sqldb.EachIn(ctx, q, `SELECT seq, members FROM datapoint_chunk WHERE seq`, seqs, ``, func(rows *sql.Rows) error {
		var seq int64
		var blob sql.RawBytes
		err := rows.Scan(&seq, &blob)
		if err == nil {
			bySeq[seq], err = decodeMembers(blob)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var chunks []chunk
	for _, r := range refs {
		members := bySeq[r.seq]
		if len(members) != r.count {
			return nil, sqldb.ErrMalformed
		}
		chunks = append(chunks, chunk{r.seq, members})
	}
	return chunks, nil
}

// readDatapoints returns the datapoints, in the order of seqs.
func readDatapoints(ctx context.Context, q sqldb.Querier, seqs []int64) ([]file.Datapoint, error) {
	list := make([]file.Datapoint, 0, len(seqs))
	for part := range slices.Chunk(seqs, maxRows) {
		bySeq := make(map[int64]file.Datapoint, len(part))
		if err := eachDatapoint(ctx, q, "seq", part, func(seq int64, d file.Datapoint) { bySeq[seq] = d }); err != nil {
			return nil, err
		}
		for _, seq := range part {
			d, ok := bySeq[seq]
			if !ok {
				return nil, sqldb.ErrMalformed
			}
			list = append(list, d)
		}
	}
	return list, nil
}

// DatapointColumns are what [ScanDatapoint] reads last: of the tables datapoint d, and datapoint_source s if there is a row for it.
const DatapointColumns = `d.seq, d.id, d.content, COALESCE(s.log, '')`

// ScanDatapoint reads a row of extra columns followed by [DatapointColumns].
func ScanDatapoint(rows *sql.Rows, extra ...any) (file.Datapoint, error) {
	_, d, err := scanDatapoint(rows, extra...)
	return d, err
}

func scanDatapoint(rows *sql.Rows, extra ...any) (seq int64, d file.Datapoint, err error) {
	var id, source string
	var content sql.RawBytes
	if err := rows.Scan(append(extra, &seq, &id, &content, &source)...); err != nil {
		return 0, d, err
	}
	d, err = file.OpenDatapoint(id, json.Value(content))
	d.SourceLogID = source
	return seq, d, err
}

func eachDatapoint[T any](ctx context.Context, q sqldb.Querier, column string, values []T, take func(int64, file.Datapoint)) error {
	const text = `SELECT ` + DatapointColumns + ` FROM datapoint d LEFT JOIN datapoint_source s ON s.datapoint = d.seq WHERE d.`
	return sqldb.EachIn(ctx, q, text+column, values, ``, func(rows *sql.Rows) error {
		seq, d, err := scanDatapoint(rows)
		take(seq, d)
		return err
	})
}
