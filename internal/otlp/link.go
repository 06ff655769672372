package otlp

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"

	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/otlp/wire"
	"github.com/openloop-server/openloop/internal/trace"
)

// The ids of Logs are derived from those of spans. So an export that is sent twice makes nothing new, and a span can name its parent before
// the parent ends and arrives. The Log of a root has the id of its trace, which all spans of the trace know. A span does not know whether its
// parent is the root: a child that arrives first names its root by [Trace.Alias], until both have arrived.

// Trace describes the spans of one trace in an export.
type Trace struct {
	Root  string   // id of the root's Log
	Alias string   // the id by which children that arrived first name the root; "" if the root is not in the export
	Open  []string // the ids of parents that are not in the export
}

// Entries yields what to record of the spans of b, at most size at once. They are in the order of their start, but roots come last, so that a
// trace is complete when its root comes. Spans that cannot become Logs are added to the refusals. Entries clears the spans.
func (b *Batch) Entries(size int) iter.Seq[[]SpanLog] {
	return func(yield func([]SpanLog) bool) {
		l := linker{roots: map[[16]byte][8]byte{}, here: map[spanKey]bool{}, spans: map[[16]byte]int{}, at: map[[16]byte]int{}}
		for i := range b.Spans {
			l.meet(&b.Spans[i])
		}
		slices.SortStableFunc(b.Spans, func(x, y wire.Span) int {
			return cmp.Or(cmp.Compare(isRoot(&x), isRoot(&y)), x.Start.Compare(y.Start))
		})
		for chunk := range slices.Chunk(b.Spans, size) {
			entries := b.entries(chunk, &l)
			b.traces = l.traces
			if len(entries) > 0 && !yield(entries) {
				return
			}
		}
	}
}

// Traces describes the traces of the spans. It is complete after [Batch.Entries].
func (b *Batch) Traces() []Trace { return b.traces }

// isRoot is 1 for a root, else 0.
func isRoot(s *wire.Span) int {
	if s.ParentID == [8]byte{} {
		return 1
	}
	return 0
}

func (b *Batch) entries(spans []wire.Span, l *linker) []SpanLog {
	entries := make([]SpanLog, 0, len(spans))
	for i := range spans {
		s := &spans[i]
		e, err := newReader(s).entry()
		if err != nil {
			b.Refusals.Add(fmt.Sprintf("The span %q %v.", clip(s.Name), err))
			continue
		}
		l.link(s, &e)
		entries = append(entries, e)
	}
	clear(spans) // frees their memory
	return entries
}

type spanKey struct {
	trace [16]byte
	span  [8]byte
}

// linker sets the ids of entries and their places in traces.
type linker struct {
	roots  map[[16]byte][8]byte // the first root of each trace
	here   map[spanKey]bool
	spans  map[[16]byte]int // how many each trace has here
	at     map[[16]byte]int // in traces
	traces []Trace
}

func (l *linker) meet(s *wire.Span) {
	l.here[spanKey{s.TraceID, s.SpanID}] = true
	l.spans[s.TraceID]++
	if ofSDK(s) || s.ParentID != [8]byte{} {
		return
	}
	if _, known := l.roots[s.TraceID]; !known {
		l.roots[s.TraceID] = s.SpanID
	}
}

func (l *linker) link(s *wire.Span, e *SpanLog) {
	own := logID(s.TraceID, s.SpanID)
	if ofSDK(s) {
		e.Log.ID = cmp.Or(e.Log.ID, own)
		e.Log.TraceID = e.Log.TraceParentID // which may have become complete in the meantime; the trace is that of the parent
		return
	}
	t := l.trace(s.TraceID)
	root, known := l.roots[s.TraceID]
	isRoot := known && root == s.SpanID
	if isRoot {
		t.Alias, own = own, t.Root
	}
	e.Log.ID = cmp.Or(e.Log.ID, own)
	switch {
	case e.Log.TraceParentID != "": // the application says where it belongs
		e.Log.TraceID = e.Log.TraceParentID
	case isRoot:
		e.Log.TraceID = l.traceOfRoot(s, e)
	default:
		e.Log.TraceID = cmp.Or(e.joins, t.Root)
		e.Log.TraceParentID = l.parent(s, t)
	}
}

// traceOfRoot is the trace of a root: its own, unless it is a single call of a model or a tool.
func (l *linker) traceOfRoot(s *wire.Span, e *SpanLog) string {
	if l.spans[s.TraceID] == 1 && !trace.HasStatus(e.Log.Kind) {
		return ""
	}
	return e.Log.ID
}

// parent is the id of the Log of the parent of s, as far as it is known.
func (l *linker) parent(s *wire.Span, t *Trace) string {
	if s.ParentID == [8]byte{} {
		return "" // a second root
	}
	if root, known := l.roots[s.TraceID]; known && s.ParentID == root {
		return t.Root
	}
	id := logID(s.TraceID, s.ParentID)
	if !l.here[spanKey{s.TraceID, s.ParentID}] && !slices.Contains(t.Open, id) {
		t.Open = append(t.Open, id)
	}
	return id
}

func (l *linker) trace(id [16]byte) *Trace {
	i, known := l.at[id]
	if !known {
		i = len(l.traces)
		l.at[id] = i
		l.traces = append(l.traces, Trace{Root: ids.Of(ids.Log, id[:])})
	}
	return &l.traces[i]
}

func logID(trace [16]byte, span [8]byte) string { return ids.Of(ids.Log, append(trace[:], span[:]...)) }

// AliasIn is the id by which spans of t name their root, "" if none does. root is the stored Log of the root.
func (t *Trace) AliasIn(root *trace.Log) string {
	if alias := aliasOf(root); slices.Contains(t.Open, alias) {
		return alias
	}
	return ""
}

// aliasOf is the id by which children name a root that they do not know as such; "" for a Log that was not a span.
func aliasOf(root *trace.Log) string {
	var metadata struct {
		Span struct {
			TraceID string `json:"trace_id"`
			SpanID  string `json:"span_id"`
		} `json:"otel"`
	}
	if json.UnmarshalForeign(root.Metadata, &metadata) != nil {
		return ""
	}
	var key spanKey
	n, err := hex.Decode(key.trace[:], clipped(metadata.Span.TraceID, len(key.trace)))
	m, failed := hex.Decode(key.span[:], clipped(metadata.Span.SpanID, len(key.span)))
	if err != nil || failed != nil || n != len(key.trace) || m != len(key.span) {
		return ""
	}
	return logID(key.trace, key.span)
}

// clipped is the start of a hexadecimal text, enough for size bytes.
func clipped(text string, size int) []byte {
	return []byte(text)[:min(len(text), hex.EncodedLen(size))]
}
