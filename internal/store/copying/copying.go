// Package copying copies all data of one database into an empty one: from SQLite to PostgreSQL, back, and between two of a kind. It reads the
// source as it is at one moment, writes the target in chunks that each keep how far it has come, so that a copy that was killed goes on where
// it was, and in the end reads both and compares what they hold. Nobody opens the target before all of that is done.
//
// Errors have texts for the operator, without SQL, passwords, or what rows hold.
package copying

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"net/url"
	"time"
)

// Place is where a database is.
type Place struct {
	URL  string // postgres://…; "" means SQLite at Path
	Path string // of the SQLite file; its folder exists
}

// String is how an operator knows the place, without a password.
func (p Place) String() string {
	if p.URL == "" {
		return p.Path
	}
	if u, err := url.Parse(p.URL); err == nil {
		u.RawQuery = "" // which may hold a password as well
		return u.Redacted()
	}
	return "the PostgreSQL database"
}

// Options say how to copy. The zero Options are ready.
type Options struct {
	Serving  bool           // the source may be PostgreSQL in use: what is written to it meanwhile is not copied
	Restart  bool           // an unfinished copy in the target is thrown away first
	Chunk    int            // rows of a transaction; 0 means 2,000
	Progress func(Progress) // is told of each chunk; nil means nobody
	Now      func() time.Time
}

// Progress is how far a copy has come.
type Progress struct {
	Table  string
	Rows   int64 // of the table that are copied, or compared
	Of     int64
	Verify bool // the target is read again, to compare it
}

// Sum is what a table holds. Equal rows have equal sums in both databases.
type Sum struct {
	Table  string `json:"table"`
	Rows   int64  `json:"rows"`
	Last   string `json:"last"`   // the greatest key, in words; "" of an empty table
	SHA256 string `json:"sha256"` // of its rows in the order of their keys, in the form of tuple.go
}

// source is a database that is read as it is at one moment.
type source interface {
	describe(ctx context.Context) (*description, error)
	// each calls visit for the rows of t behind the key after, or for all if it is nil, in the order of their keys. A tuple is visit's until it returns.
	each(ctx context.Context, t *table, after []any, visit func(tuple []byte) error) error
	count(ctx context.Context, t *table) (int64, error)
	// written names a table that others have written to since the moment that was read, if it can be seen, or "".
	written(ctx context.Context, all []table, sums []Sum) (string, error)
	close(ctx context.Context) error
}

// description is what a database has besides rows.
type description struct {
	tables []table
	steps  []string         // the names of its migrations, in their order
	given  map[string]int64 // the greatest number that a table has given to a row, which may be gone; only of tables that give none twice
}

// target is a database that is copied into. Its methods of a source read it as it is now.
type target interface {
	source
	// state is how far an earlier copy came: nil for none.
	state(ctx context.Context) (map[string]mark, error)
	// begin notes what is to be copied, in a database that is empty.
	begin(ctx context.Context, all []table, expected []int64) error
	// store adds rows and the mark in one transaction.
	store(ctx context.Context, t *table, c *chunk, m *mark) error
	// settle has the database give numbers behind those that were given, and servers open it.
	settle(ctx context.Context, all []table, given map[string]int64) error
}

// mark is how far the copy of a table has come.
type mark struct {
	expected int64  // rows in all
	copied   int64  // rows
	last     []byte // the tuple of the last row; nil for none
	whole    bool
}

// Copy copies all data. It returns what both databases hold. If it fails or its process ends, the same call goes on where it was, unless the
// source has changed; until then nobody can open the target.
func Copy(ctx context.Context, from, to Place, o Options) ([]Sum, error) {
	src, err := open(ctx, from, &o)
	if err != nil {
		return nil, about("The source", from, err)
	}
	defer src.close(ctx) //nolint:errcheck // it was only read
	return into(ctx, src, from, to, &o)
}

func open(ctx context.Context, from Place, o *Options) (source, error) {
	if from.URL == "" {
		return openSQLite(ctx, from.Path, alone)
	}
	p, err := openPostgres(ctx, from.URL)
	if err != nil || o.Serving {
		return p, err
	}
	serving, err := p.serving(ctx, time.Now().UnixMicro())
	if err == nil && serving {
		err = faultf("A server works with it, or did a minute ago. Stop it, or wait a minute: what it writes would not be copied.")
	}
	if err != nil {
		_ = p.close(ctx) // the error says more
		return nil, err
	}
	return p, nil
}

// into copies a source that is open.
func into(ctx context.Context, src source, from, to Place, o *Options) (sums []Sum, err error) {
	known, err := ours()
	if err != nil {
		return nil, err
	}
	theirs, err := src.describe(ctx)
	if err != nil {
		return nil, about("The source", from, err)
	}
	if text := outdated(theirs.steps, known); text != "" {
		return nil, about("The source", from, faultf("%s", text))
	}
	dst, err := openTarget(ctx, to, o.Restart)
	if err != nil {
		return nil, about("The target", to, err)
	}
	defer func() {
		if closing := dst.close(ctx); err == nil {
			err = about("The target", to, closing)
		}
	}()
	c := &copier{src: src, dst: dst, from: from, to: to, o: o, theirs: theirs}
	return c.run(ctx)
}

// copier is a copy in progress.
type copier struct {
	src      source
	dst      target
	from, to Place
	o        *Options

	theirs *description // of the source
	tables []table
	marks  map[string]mark
	sums   []Sum // of the source
}

func (c *copier) run(ctx context.Context) ([]Sum, error) {
	if err := c.plan(ctx); err != nil {
		return nil, err
	}
	for i := range c.tables {
		if err := c.table(ctx, &c.tables[i]); err != nil {
			return nil, err
		}
	}
	if err := c.verify(ctx); err != nil {
		return nil, err
	}
	if !c.o.Serving {
		name, err := c.src.written(ctx, c.tables, c.sums)
		if err != nil {
			return nil, about("The source", c.from, err)
		}
		if name != "" {
			return nil, about("The source", c.from, faultf("The table %s was written to during the copy. Stop all servers, and copy again with -restart.", name))
		}
	}
	return c.sums, about("The target", c.to, c.dst.settle(ctx, c.tables, c.theirs.given))
}

// plan counts what is to be copied. If there is an unfinished copy, it must be one of the same source.
func (c *copier) plan(ctx context.Context) error {
	here, err := c.dst.describe(ctx)
	if err != nil {
		return about("The target", c.to, err)
	}
	c.tables = here.tables
	if text := differ(c.theirs.tables, c.tables); text != "" {
		return about("The source", c.from, faultf("Its tables are not those of the target: %s.", text))
	}
	if c.to.URL == "" {
		narrowForSQLite(c.tables)
	}
	expected := make([]int64, len(c.tables))
	for i := range c.tables {
		if expected[i], err = c.src.count(ctx, &c.tables[i]); err != nil {
			return about("The source", c.from, err)
		}
	}
	if c.marks, err = c.dst.state(ctx); err != nil {
		return about("The target", c.to, err)
	}
	if c.marks == nil {
		c.marks = map[string]mark{}
		for i := range c.tables {
			c.marks[c.tables[i].name] = mark{expected: expected[i]}
		}
		return about("The target", c.to, c.dst.begin(ctx, c.tables, expected))
	}
	for i := range c.tables {
		if m, ok := c.marks[c.tables[i].name]; !ok || m.expected != expected[i] {
			return about("The target", c.to, faultf("It holds an unfinished copy of another source, or the source has changed since: its table %s had %d rows, and has %d. "+
				"Begin anew with -restart.", c.tables[i].name, m.expected, expected[i]))
		}
	}
	return nil
}

// maxChunk is about how many bytes a chunk has at most, besides one row.
const maxChunk = 4 << 20

// table copies what is missing of a table.
func (c *copier) table(ctx context.Context, t *table) error {
	m := c.marks[t.name]
	sum := newSummer(t)
	if m.whole || m.copied > 0 { // another process has read the rows that are copied
		if err := c.src.each(ctx, t, nil, sum.add); err != nil {
			return about("The source", c.from, err)
		}
	}
	if !m.whole {
		if err := c.rest(ctx, t, m, sum); err != nil {
			return err
		}
	}
	c.sums = append(c.sums, sum.sum())
	return nil
}

// rest copies the rows behind a mark.
func (c *copier) rest(ctx context.Context, t *table, m mark, sum *summer) error {
	var after []any
	var err error
	fresh := m.copied == 0
	if !fresh {
		if after, err = t.keyOf(m.last); err != nil {
			return about("The target", c.to, err)
		}
	}
	rows := c.o.Chunk
	if rows == 0 {
		rows = 2000
	}
	writer := c.writer(ctx, t, &m)
	err = c.src.each(ctx, t, after, func(tuple []byte) error {
		if fresh {
			_ = sum.add(tuple) // it never fails
		}
		writer.add(tuple)
		if t.keyed && (writer.rows() >= rows || writer.bytes() >= maxChunk) {
			return writer.flush(false)
		}
		return nil
	})
	if err == nil {
		err = writer.flush(true)
	}
	if writing := writer.stop(); writing != nil {
		return about("The target", c.to, writing)
	}
	return about("The source", c.from, err)
}

// verify reads what the target holds now, and compares.
func (c *copier) verify(ctx context.Context) error {
	for i := range c.tables {
		t := &c.tables[i]
		sum := newSummer(t)
		err := c.dst.each(ctx, t, nil, func(tuple []byte) error {
			if sum.rows%10_000 == 0 {
				c.tell(Progress{t.name, sum.rows, c.sums[i].Rows, true})
			}
			return sum.add(tuple)
		})
		if err != nil {
			return about("The target", c.to, err)
		}
		if got := sum.sum(); got != c.sums[i] {
			return about("The target", c.to, faultf("Its table %s does not hold what the source holds: %s, and there %s. Copy again with -restart.", t.name, got.words(), c.sums[i].words()))
		}
		if n := c.marks[t.name].expected; c.sums[i].Rows != n {
			return about("The source", c.from, faultf("Its table %s counts %d rows, and has %d: it is damaged.", t.name, n, c.sums[i].Rows))
		}
	}
	return nil
}

func (s *Sum) words() string {
	return fmt.Sprintf("%d rows up to %q with the digest %.12s…", s.Rows, s.Last, s.SHA256)
}

func (c *copier) tell(p Progress) {
	if c.o.Progress != nil {
		c.o.Progress(p)
	}
}

// summer makes a [Sum] of rows.
type summer struct {
	t    *table
	hash hash.Hash
	rows int64
	last []byte
}

func newSummer(t *table) *summer { return &summer{t: t, hash: sha256.New()} }

func (s *summer) add(tuple []byte) error {
	_, _ = s.hash.Write(tuple) // it never fails
	s.rows++
	s.last = append(s.last[:0], tuple...)
	return nil
}

func (s *summer) sum() Sum {
	out := Sum{Table: s.t.name, Rows: s.rows, SHA256: hex.EncodeToString(s.hash.Sum(nil))}
	if key, err := s.t.keyOf(s.last); err == nil && s.rows > 0 && s.t.keyed {
		out.Last = inWords(key)
	}
	return out
}

func inWords(key []any) string {
	var text bytes.Buffer
	for i, v := range key {
		if i > 0 {
			_ = text.WriteByte(' ')
		}
		if b, ok := v.([]byte); ok {
			v = hex.EncodeToString(b)
		}
		_, _ = fmt.Fprint(&text, v)
	}
	return text.String()
}
