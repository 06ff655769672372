package stats

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"

	"github.com/openloop-server/openloop/internal/stats"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// Journal notes what Logs add up to, in their transactions. It implements [logs.Journal].
type Journal struct {
	*sqldb.DB
	*backfill
}

// NewJournal returns the journal of db.
func NewJournal(db *sqldb.DB) *Journal { return &Journal{db, new(backfill)} }

// Entry implements [logs.Journal].
func (*Journal) Entry(b []byte, l *trace.Log, ref logs.Ref) []byte { return entryOf(b, l, ref) }

func entryOf(b []byte, l *trace.Log, ref logs.Ref) []byte {
	s, f := seriesOf(l, ref), figuresOf(l)
	return appendEntry(b, l, &s, &f)
}

// Updated implements [logs.Journal]. A Log that is still to be added needs no entry.
func (j *Journal) Updated(ctx context.Context, tx *sqldb.Tx, seq int64, ref logs.Ref, before, after *trace.Log) error {
	was, is := entryOf(nil, before, ref), entryOf(nil, after, ref)
	if bytes.Equal(was, is) {
		return nil
	}
	if !j.done.Load() {
		if upto, err := j.locked(ctx, tx, j.Dialect); err != nil || seq <= upto {
			return err
		}
	}
	s, f, less := seriesOf(before, ref), figuresOf(before), stats.Figures{}
	less.Subtract(&f)
	return tx.Exec(ctx, `INSERT INTO stat_journal (entries) VALUES ($1)`, appendEntry(is, before, &s, &less))
}

// Deleted implements [logs.Journal]. What was spent stays. But SQLite gives the numbers of the newest Logs to others after their deletion: these
// are not among the Logs that are still to be added.
func (j *Journal) Deleted(ctx context.Context, tx *sqldb.Tx) error {
	if j.done.Load() {
		return nil
	}
	return tx.Exec(ctx, `UPDATE stat_backfill SET upto = COALESCE((SELECT MAX(seq) FROM log WHERE seq <= stat_backfill.upto), 0)`)
}

// seriesOf returns what a Log counts for.
func seriesOf(l *trace.Log, ref logs.Ref) stats.Series {
	s := stats.Series{
		File: ref.File, Version: ref.Version, Kind: l.Kind, Source: stats.FromAPI, Failed: l.Error != nil || l.Detail != nil,
		Environment: trace.FactEnvironment.Of(l), Provider: l.Provider, Model: l.Model, APIKey: l.CreatedBy,
	}
	switch l.Source {
	case stats.FromMCP, trace.SourceEvaluation, trace.SourceMonitoring:
		s.Source = l.Source
	}
	if l.Detail != nil {
		s.Origin, s.Reason = l.Detail.Origin, string(l.Detail.Reason)
	}
	return s
}

// figuresOf returns the figures of a Log.
func figuresOf(l *trace.Log) stats.Figures {
	f := stats.Figures{Calls: 1, Tokens: tokensOf(l)}
	if l.Error != nil || l.Detail != nil {
		f.Failures, f.First, f.Last = 1, l.CreatedAt.UnixMicro(), l.CreatedAt.UnixMicro()
	}
	for _, cost := range [...]*float64{l.PromptCost, l.OutputCost} {
		if cost != nil {
			f.Cost = f.Cost.Plus(stats.Dollars(*cost))
		}
	}
	if l.PromptCost == nil && l.OutputCost == nil && l.Model != "" && (f.Failures == 0 || f.Tokens != stats.Tokens{}) {
		f.CostUnknown = 1
	}
	switch {
	case l.Latency != nil:
		f.Time(*l.Latency)
	case l.Status == "" && !l.StartTime.IsZero() && !l.EndTime.IsZero(): // those with a status change with the Logs below them
		f.Time(l.EndTime.Sub(l.StartTime).Seconds())
	}
	return f
}

func tokensOf(l *trace.Log) stats.Tokens {
	if u := &l.Usage; u.Known {
		return stats.Tokens{Input: u.Input, CachedInput: u.CachedInput, CacheWrite: u.CacheWrite, Output: u.Output, Reasoning: u.Reasoning}
	}
	t := stats.Tokens{Input: orZero(l.PromptTokens), Reasoning: orZero(l.ReasonTokens)}
	t.Output = max(orZero(l.OutputTokens)-t.Reasoning, 0) // which a Log counts as output too
	return t
}

func orZero(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

// appendEntry appends an entry to b: the series with its length before it, the beginning of the finest interval, and the figures. Entries follow
// one another.
func appendEntry(b []byte, l *trace.Log, s *stats.Series, f *stats.Figures) []byte {
	at := len(b)
	b = s.Append(append(b, 0, 0))
	binary.BigEndian.PutUint16(b[at:], uint16(len(b)-at-2)) //nolint:gosec // texts are short
	b = binary.AppendVarint(b, stats.Floor(l.CreatedAt, stats.Finest).Unix())
	return f.Append(b)
}

var errJournal = errors.New("an entry of the journal ends too early")

// eachEntry calls add for the entries of b. add returns the figures to which those of the entry are added.
func eachEntry(b []byte, add func(key []byte, start int64) (*stats.Figures, error)) error {
	for len(b) > 0 {
		if len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b)) {
			return errJournal
		}
		end := 2 + int(binary.BigEndian.Uint16(b))
		start, size := binary.Varint(b[end:])
		if size <= 0 {
			return errJournal
		}
		f, err := add(b[2:end], start)
		if err != nil {
			return err
		}
		if b, err = f.AddEncoded(b[end+size:]); err != nil {
			return err
		}
	}
	return nil
}
