package logs

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store/blobs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// Spans is a part of a trace: Logs without their payloads, each above the Logs below it, siblings in the order in which they began.
type Spans struct {
	Logs   []*trace.Log
	Depths []int // of the Logs; 0 for the root
	Total  int   // of the trace
	More   bool  // the trace goes on after Logs
}

// Spans returns the first size Logs after the Log with the id after, or from the root on if after is "", of the trace that the Log with the
// given id is in. A Log in no trace is its own. Where the root is missing, the trace begins with the Log itself. Errors: log_not_found;
// validation_failed if after is not in the trace.
func (db *Store) Spans(ctx context.Context, id, after string, size int) (out Spans, err error) {
	defer db.Failed("store.Spans", &err)
	tree, err := db.tree(ctx, id)
	if err != nil {
		return out, err
	}
	nodes := tree.inOrder()
	out.Total = len(nodes)
	if after != "" {
		i := slices.IndexFunc(nodes, func(n *node) bool { return n.id == after })
		if i < 0 {
			return out, errs.Invalid("The cursor is none of this trace.", "cursor")
		}
		nodes = nodes[i+1:]
	}
	if out.More = len(nodes) > size; out.More {
		nodes = nodes[:size]
	}
	return out, db.readSpans(ctx, nodes, &out)
}

// readSpans reads the Logs of nodes into out. It leaves out those that were deleted meanwhile.
func (db *Store) readSpans(ctx context.Context, nodes []*node, out *Spans) error {
	found := make(map[string]*trace.Log, len(nodes))
	seqs := sqldb.Values(nodes, func(n *node) int64 { return n.seq })
	err := sqldb.EachIn(ctx, db.Read, `SELECT `+RecordColumns+RecordTables+` WHERE l.seq`, seqs, ``, func(rows *sql.Rows) error {
		l, err := ScanRecord(rows)
		if err == nil {
			found[l.ID] = l
		}
		return err
	})
	for _, n := range nodes {
		if l := found[n.id]; l != nil {
			out.Logs, out.Depths = append(out.Logs, l), append(out.Depths, n.depth)
		}
	}
	return err
}

// node is a Log as far as its place in the tree needs it.
type node struct {
	seq    int64
	id     string
	parent string
	began  time.Time
	depth  int
}

// tree is a trace: its root, and the Logs below each Log.
type tree struct {
	root  *node
	below map[string][]*node
}

// inOrder lists the nodes depth first, siblings as they began, and sets their depths.
func (t *tree) inOrder() []*node {
	var out []*node
	for open := []*node{t.root}; len(open) > 0; {
		n := open[len(open)-1]
		open, out = open[:len(open)-1], append(out, n)
		below := t.below[n.id]
		slices.SortFunc(below, func(a, b *node) int { return cmp.Or(a.began.Compare(b.began), cmp.Compare(a.seq, b.seq)) })
		for _, child := range slices.Backward(below) {
			child.depth = n.depth + 1
			open = append(open, child)
		}
	}
	return out
}

// treeBelow selects a Log and all Logs below it.
const treeBelow = `WITH RECURSIVE down (seq, id) AS (
		SELECT seq, id FROM log WHERE id = $1 UNION
		SELECT l.seq, l.id FROM down JOIN log l ON l.trace_parent = down.id
	) SELECT l.seq, l.id, COALESCE(l.trace_parent, ''), l.created_us, l.record FROM down JOIN log l ON l.seq = down.seq`

// tree reads the tree that the Log with the given id is in.
func (db *Store) tree(ctx context.Context, id string) (*tree, error) {
	if checkLogID(id) != nil {
		return nil, NotFound(id)
	}
	if err := db.committer.await(ctx, id); err != nil {
		return nil, err
	}
	var root string
	const rootOf = `SELECT COALESCE(r.id, l.id) FROM log l LEFT JOIN log r ON r.id = l.trace_id WHERE l.id = $1`
	if err := sqldb.Must(ctx, db.Read, NotFound(id), rootOf, []any{id}, &root); err != nil {
		return nil, err
	}
	t := &tree{below: map[string][]*node{}}
	err := sqldb.Each(ctx, db.Read, treeBelow, []any{root}, func(rows *sql.Rows) error {
		n, err := scanNode(rows)
		if n.id == root {
			t.root = n
		} else {
			t.below[n.parent] = append(t.below[n.parent], n)
		}
		return err
	})
	if err == nil && t.root == nil {
		err = NotFound(id)
	}
	return t, err
}

func scanNode(rows *sql.Rows) (*node, error) {
	n := new(node)
	var created int64
	var record sql.RawBytes
	if err := rows.Scan(&n.seq, &n.id, &n.parent, &created, &record); err != nil {
		return n, err
	}
	n.began = sqldb.FromMicros(created)
	start, ok, err := blobs.Start(record)
	if ok {
		n.began = start
	}
	return n, err
}
