package show

import (
	"context"
	"maps"
	"slices"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// LogParts is what is shown of Logs beside them and their judgments.
type LogParts struct {
	Children bool // what lies below them in their traces
	Parents  bool // what Logs of Evaluators judge
	Brief    bool // the sizes alone of what providers got and sent
}

// Log shows a Log with what belongs to it.
func (s *Shows) Log(ctx context.Context, log *trace.Log, parts LogParts) (*v5.Log, error) {
	shown, err := s.Logs(ctx, []*trace.Log{log}, parts)
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}

// Logs shows Logs with what belongs to them. It takes a fixed number of queries, and one more for each level of the traces.
func (s *Shows) Logs(ctx context.Context, logs []*trace.Log, parts LogParts) ([]*v5.Log, error) {
	v := &logView{base: s.base, brief: parts.Brief, all: slices.Clone(logs)}
	if err := v.read(ctx, s, parts); err != nil {
		return nil, err
	}
	out := make([]*v5.Log, 0, len(logs))
	for _, l := range logs {
		shown := v.show(l, 0)
		if parent := v.parents[l.ParentID]; parent != nil {
			shown.Parent = new(v.show(parent, 0))
		}
		out = append(out, &shown)
	}
	return out, nil
}

// logView holds Logs and the objects that belong to them, by id.
type logView struct {
	base                string       // of the server
	brief               bool         // what providers got and sent is told by its size
	most                int          // Logs that are read; 0 for all
	unjudged            bool         // judgments are not read
	cut                 bool         // more Logs lie below than are read
	all                 []*trace.Log // without judgments
	children, judgments map[string][]*trace.Log
	parents             map[string]*trace.Log // that Logs of Evaluators judge
	flows               map[string]file.File  // of the roots, by the trace
	files               map[string]v5.File    // by the version
	authors             map[string]*v5.UserResponse
}

func (v *logView) read(ctx context.Context, s *Shows, parts LogParts) (err error) {
	db := s.db
	if parts.Parents {
		if v.parents, err = db.LogsByID(ctx, v.ids(func(l *trace.Log) string { return l.ParentID })); err != nil {
			return err
		}
	}
	if parts.Children {
		if err = v.grow(ctx, db); err != nil {
			return err
		}
	}
	v.all = slices.AppendSeq(v.all, maps.Values(v.parents))
	if !v.unjudged {
		if v.judgments, err = db.EvaluatorLogs(ctx, v.ids(func(l *trace.Log) string { return l.ID })); err != nil {
			return err
		}
	}
	if v.flows, err = db.TraceFiles(ctx, v.ids(func(l *trace.Log) string { return l.TraceID })); err != nil {
		return err
	}
	if v.authors, err = s.authors.all(ctx); err != nil {
		return err
	}
	v.files, err = s.Versions(ctx, v.versions())
	return err
}

// ids returns the distinct ids that of returns for the Logs.
func (v *logView) ids(of func(*trace.Log) string) []string {
	ids := make([]string, 0, len(v.all))
	for _, l := range v.all {
		if id := of(l); id != "" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (v *logView) versions() []string {
	ids := v.ids(func(l *trace.Log) string { return l.VersionID })
	for _, judgments := range v.judgments {
		for _, l := range judgments {
			ids = append(ids, l.VersionID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// maxTraceDepth is the largest number of levels of a trace that are shown.
const maxTraceDepth = 32

// grow adds the descendants of the Logs, level by level, until there are enough.
func (v *logView) grow(ctx context.Context, db *store.DB) error {
	v.children = map[string][]*trace.Log{}
	level := v.all
	for range maxTraceDepth {
		ids := make([]string, 0, len(level))
		for _, l := range level {
			if _, seen := v.children[l.ID]; l.TraceID != "" && !seen {
				ids = append(ids, l.ID)
			}
		}
		if len(ids) == 0 {
			return nil
		}
		found, err := db.Children(ctx, ids)
		if err != nil {
			return err
		}
		level = nil
		for _, id := range ids {
			v.children[id] = found[id]
			level = append(level, found[id]...)
		}
		v.all = append(v.all, level...)
		if v.most > 0 && len(v.all) > v.most {
			v.keep(v.most)
			return nil
		}
	}
	return nil
}

// keep leaves the first n of all Logs, which are those highest up in their traces.
func (v *logView) keep(n int) {
	left := make(map[string]bool, n)
	for _, l := range v.all[:n] {
		left[l.ID] = true
	}
	for id, list := range v.children {
		v.children[id] = slices.DeleteFunc(list, func(l *trace.Log) bool { return !left[l.ID] })
	}
	v.all, v.cut = v.all[:n], true
}

func (v *logView) show(l *trace.Log, depth int) v5.Log {
	out := v.one(l)
	for _, judgment := range v.judgments[l.ID] {
		out.EvaluatorLogs = append(out.EvaluatorLogs, v.one(judgment))
	}
	if depth == maxTraceDepth {
		return out
	}
	for _, child := range v.children[l.ID] {
		out.TraceChildren = append(out.TraceChildren, v.show(child, depth+1))
	}
	return out
}

func (v *logView) one(l *trace.Log) v5.Log {
	out := logResponse(l, v.files[l.VersionID], v.base)
	if key := v.authors[l.CreatedBy]; key != nil {
		out.APIKey = v5.KeyNameOf(key)
	}
	if v.brief {
		out.ProviderRequestSize, out.ProviderResponseSize = len(out.ProviderRequest), len(out.ProviderResponse)
		out.ProviderRequest, out.ProviderResponse = nil, nil
	}
	if root := v.flows[l.TraceID]; root.Kind == file.FlowKind {
		out.TraceFlowID = root.ID
	}
	return out
}
