package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
)

// BenchmarkTasks makes the tasks of a Run of 10,000 datapoints, and claims and finishes them 64 at a time. An operation is a task.
func BenchmarkTasks(b *testing.B) {
	const places, batch = 10_000, 64
	for name, fresh := range databases {
		b.Run(name, func(b *testing.B) {
			db, err := store.Open(b.Context(), fresh(b))
			if err != nil {
				b.Fatal(err)
			}
			evaluation, n := taskBench(b, db, places)
			for left := 0; b.Loop(); left-- {
				if left > 0 {
					continue // finished with others
				}
				tasks := claimBench(b, db, batch)
				if len(tasks) == 0 {
					if _, err := db.CreateRun(b.Context(), evaluation, n); err != nil {
						b.Fatal(err)
					}
					tasks = claimBench(b, db, batch)
				}
				left = len(tasks)
				done := make([]store.FinishedTask, left)
				for i, task := range tasks {
					done[i] = store.FinishedTask{Seq: task.Seq, Revision: task.Revision, Run: task.Run, Nano: 1}
				}
				if err := db.FinishTasks(b.Context(), "w", done); err != nil {
					b.Fatal(err)
				}
			}
			if err := db.Close(context.WithoutCancel(b.Context())); err != nil {
				b.Fatal(err)
			}
		})
	}
}

func claimBench(b *testing.B, db *store.DB, most int) []store.Task {
	b.Helper()
	tasks, err := db.ClaimTasks(b.Context(), store.TaskClaim{Worker: "w", Pool: "openai", Most: most, Lease: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	return tasks
}

// taskBench makes an Evaluation of a Prompt, and a Dataset of so many datapoints to run it over.
func taskBench(b *testing.B, db *store.DB, places int) (evaluation string, n store.NewRun) {
	b.Helper()
	content := json.Value(`{"model":"m","provider":"openai"}`)
	prompt, _, err := db.SaveVersion(b.Context(), store.Save{Kind: file.PromptKind, Path: "p", Content: content, Hash: file.Hash(file.PromptKind, content)})
	if err != nil {
		b.Fatal(err)
	}
	dataset, _, err := db.SaveDataset(b.Context(), store.DatasetSave{Save: store.Save{Path: "d"}, Action: file.SetDatapoints, Datapoints: benchDatapoints(b, 0, places)})
	if err != nil {
		b.Fatal(err)
	}
	e := &judgment.Evaluation{FileID: prompt.File.ID}
	if err := db.CreateEvaluation(b.Context(), e); err != nil {
		b.Fatal(err)
	}
	return e.ID, store.NewRun{VersionID: prompt.Version.ID, DatasetVersionID: dataset.Version.ID, Orchestrated: true}
}
