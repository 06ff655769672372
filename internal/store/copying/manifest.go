package copying

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store/access"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Manifest says what a backup holds. It lies beside the backup, in a file with the same name and [ManifestEnd].
type Manifest struct {
	Format    int       `json:"format"`     // 1
	Version   string    `json:"version"`    // of the program that made it
	CreatedAt time.Time `json:"created_at"` // when the backup began; all that was acknowledged before is in it
	Source    string    `json:"source"`     // kind of the database: "sqlite" or "postgresql"
	Migration string    `json:"migration"`  // the newest that the database had
	Sealed    bool      `json:"sealed"`     // whether it holds values that only the encryption key opens
	Bytes     int64     `json:"bytes"`      // of the backup
	SHA256    string    `json:"sha256"`     // likewise
	Tables    []Sum     `json:"tables"`
}

// ManifestEnd is how the name of a manifest ends.
const ManifestEnd = ".json"

const manifestFormat = 1

// maxManifest is the most bytes that are read of a manifest.
const maxManifest = 1 << 20

func readManifest(file string) (*Manifest, error) {
	f, err := os.Open(file + ManifestEnd)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, faultf("It has no manifest: the file %s is missing beside it.", filepath.Base(file)+ManifestEnd)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxManifest))
	if err != nil {
		return nil, err
	}
	return parseManifest(data)
}

// parseManifest reads a manifest. A newer program may have written more.
func parseManifest(data []byte) (*Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil || m.SHA256 == "" || len(m.Tables) == 0 {
		return nil, faultf("Its manifest is damaged.")
	}
	if m.Format != manifestFormat {
		return nil, faultf("Its manifest has the format %d, which this program does not know: a newer one has written it. Use that one.", m.Format)
	}
	return &m, nil
}

// write puts the manifest beside a backup that is not there yet. One without a backup, of an attempt that was killed, is replaced.
func (m *Manifest) write(file string) error {
	text, err := json.MarshalIndent(m)
	if err != nil {
		return err
	}
	temporary := file + ManifestEnd + partial
	f, err := os.OpenFile(temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(temporary, file+ManifestEnd)
}

// is fails if a file is not the one of the manifest.
func (m *Manifest) is(bytes int64, sum string) error {
	switch {
	case bytes < m.Bytes:
		return faultf("It is cut off: it has %d bytes, and its manifest says %d.", bytes, m.Bytes)
	case bytes != m.Bytes || sum != m.SHA256:
		return faultf("It was altered: it is not the file of its manifest (SHA-256).")
	}
	return nil
}

// holds fails if a database does not hold what the manifest says.
func (m *Manifest) holds(found *contents) error {
	sums := map[string]Sum{}
	for _, s := range found.sums {
		sums[s.Table] = s
	}
	for _, want := range m.Tables {
		if got := sums[want.Table]; got != want {
			return faultf("Its table %s does not hold what its manifest says: %s, and there %s.", want.Table, got.words(), want.words())
		}
	}
	if len(m.Tables) != len(found.sums) {
		return faultf("It has %d tables, and its manifest names %d.", len(found.sums), len(m.Tables))
	}
	return nil
}

// contents is what an SQLite file holds.
type contents struct {
	steps  []string
	sums   []Sum
	sealed []access.Mark
}

// read reads all of an SQLite file that nobody changes.
func read(ctx context.Context, file string, tell func(Progress)) (_ *contents, err error) {
	s, err := openSQLite(ctx, file, asItLies)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	d, err := s.describe(ctx)
	if err != nil {
		return nil, err
	}
	if len(d.steps) == 0 {
		return nil, faultf("It is no database of Openloop.")
	}
	out := &contents{steps: d.steps}
	for i := range d.tables {
		sum, err := summed(ctx, s, &d.tables[i], tell)
		if err != nil {
			return nil, err
		}
		out.sums = append(out.sums, sum)
	}
	out.sealed, err = access.MarksIn(ctx, s.conn)
	return out, err
}

func summed(ctx context.Context, s *sqlite, t *table, tell func(Progress)) (Sum, error) {
	of, err := s.count(ctx, t)
	if err != nil {
		return Sum{}, err
	}
	sum := newSummer(t)
	err = s.each(ctx, t, nil, func(tuple []byte) error {
		if sum.rows%10_000 == 0 && tell != nil {
			tell(Progress{t.name, sum.rows, of, true})
		}
		return sum.add(tuple)
	})
	if err == nil && sum.rows != of {
		err = faultf("Its table %s counts %d rows, and has %d: it is damaged.", t.name, of, sum.rows)
	}
	return sum.sum(), err
}

// sound has SQLite look through a file: through all of it, or, quickly, without comparing indexes with their tables.
func sound(ctx context.Context, file string, quickly bool) (err error) {
	s, err := openSQLite(ctx, file, asItLies)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	pragma := "PRAGMA integrity_check(1)"
	if quickly {
		pragma = "PRAGMA quick_check(1)"
	}
	lines, err := sqldb.Column[string](ctx, s.conn, pragma)
	if err == nil && (len(lines) != 1 || lines[0] != "ok") {
		err = faultf("It is damaged: SQLite's own check of it fails.")
	}
	return err
}

// digest reads a file, and returns its length and SHA-256. to gets what is read; nil means nobody.
func digest(ctx context.Context, file string, to io.Writer) (bytes int64, sum string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, "", err
	}
	defer f.Close() //nolint:errcheck // it was only read
	hash := sha256.New()
	into := io.Writer(hash)
	if to != nil {
		into = io.MultiWriter(hash, to)
	}
	bytes, err = io.CopyBuffer(into, untilDone{ctx, f}, make([]byte, 1<<20))
	return bytes, hex.EncodeToString(hash.Sum(nil)), err
}

// untilDone reads until a context ends.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}
