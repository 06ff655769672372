package store_test

import (
	"context"
	"strconv"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// BenchmarkEvaluation reads what an Evaluation of Runs with 10,000 Logs each, judged by three Evaluators, came to.
func BenchmarkEvaluation(b *testing.B) {
	for name, fresh := range databases {
		b.Run(name, func(b *testing.B) {
			db, err := store.Open(b.Context(), fresh(b))
			if err != nil {
				b.Fatal(err)
			}
			e := fillEvaluation(b, db, 3, 10_000, 3)
			b.Run("runs", func(b *testing.B) {
				for b.Loop() {
					if _, err := db.Runs(b.Context(), e.ID); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("tallies", func(b *testing.B) {
				for b.Loop() {
					if _, err := db.Tallies(b.Context(), e.ID); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("last page of Logs", func(b *testing.B) {
				for b.Loop() {
					if _, _, err := db.RunLogs(b.Context(), e.ID, nil, trace.Page{Number: 300, Size: 100}); err != nil {
						b.Fatal(err)
					}
				}
			})
			if err := db.Close(context.WithoutCancel(b.Context())); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// fillEvaluation makes Runs with so many Logs each, judged by so many Evaluators. These return booleans, numbers that all differ, and options, in
// turn.
func fillEvaluation(b *testing.B, db *store.DB, runs, logs, evaluators int) *judgment.Evaluation {
	b.Helper()
	save := func(kind file.Kind, path string) file.Snapshot {
		content := json.Value(`{}`)
		snap, _, err := db.SaveVersion(b.Context(), store.Save{Kind: kind, Path: path, Content: content, Hash: file.Hash(kind, content)})
		if err != nil {
			b.Fatal(err)
		}
		return snap
	}
	prompt := save(file.PromptKind, "prompt")
	judgments := []func(i int) string{
		func(i int) string { return strconv.FormatBool(i%3 == 0) },
		func(i int) string { return strconv.FormatFloat(float64(i)/7, 'g', -1, 64) },
		func(i int) string { return `"` + strconv.Itoa(i%4) + `"` },
	}
	var judges []file.Snapshot
	e := &judgment.Evaluation{FileID: prompt.File.ID}
	for i := range evaluators {
		judges = append(judges, save(file.EvaluatorKind, "judge"+strconv.Itoa(i)))
		e.Evaluators = append(e.Evaluators, judgment.Evaluator{VersionID: judges[i].Version.ID})
	}
	if err := db.CreateEvaluation(b.Context(), e); err != nil {
		b.Fatal(err)
	}
	for range runs {
		r, err := db.CreateRun(b.Context(), e.ID, store.NewRun{VersionID: prompt.Version.ID})
		if err != nil {
			b.Fatal(err)
		}
		group, ctx := errgroup.WithContext(b.Context())
		group.SetLimit(64)
		for i := range logs {
			group.Go(func() error {
				l := benchLog(&prompt)
				l.RunID = r.ID
				if err := db.AppendLog(ctx, l); err != nil {
					return err
				}
				for k := range judges {
					j := benchLog(&judges[k])
					j.ParentID, j.Payload = l.ID, trace.Payload{Judgment: json.Value(judgments[k%3](i))}
					if err := db.AppendLog(ctx, j); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			b.Fatal(err)
		}
	}
	return e
}
