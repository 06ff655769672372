package app

import (
	"context"
	"crypto/rand"
	"math"
	mathrand "math/rand/v2"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/evaluations"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/jobs"
	"github.com/openloop-server/openloop/internal/metrics"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
)

// nativeTasks is how many judgments are computed at once that need neither Python nor a provider, and how many Logs of stopped Runs are recorded.
const nativeTasks = 64

// newJobs returns the scheduler of the work in the background.
func (a *App) newJobs(service *evaluations.Service, m *metrics.Metrics) *jobs.Scheduler {
	python := PythonOptions(&a.cfg, a.log).Workers
	return jobs.New(jobs.Options{
		DB: a.db, ID: rand.Text(),
		Handlers: map[store.TaskKind]jobs.Handler{store.MakeLog: service.MakeLog, store.JudgeLog: service.JudgeLog},
		// Beside each run of Python there are tasks that read their Logs and store their judgments.
		Sizes:       map[string]int{file.PythonPool: 2*python + 2, file.NativePool: nativeTasks},
		Concurrency: a.cfg.EvaluationConcurrency, DailyCost: int64(math.Min(a.cfg.EvaluationDailyCost*1e9, math.MaxInt64/2)),
		Ready: func(pool string) bool { return pool != file.PythonPool || a.python.Ready() },
		Heal:  a.heal, Observe: m.Task, Logger: a.log, Now: a.db.Clock, Chance: mathrand.Float64,
	})
}

// heal makes the tasks again that were lost, of Runs that are not too old for anybody to wait for, and of monitored Logs of the recent past.
func (a *App) heal(ctx context.Context) error {
	n, err := a.db.HealTasks(ctx, time.Now().Add(-healed))
	if err != nil {
		return err
	}
	made, err := a.db.HealMonitored(ctx, time.Now().Add(-healedMonitored))
	if n > 0 || made > 0 {
		a.log.DebugContext(ctx, "looked for lost tasks", "runs", n, "monitored", made)
	}
	return err
}

const (
	healed          = 30 * 24 * time.Hour
	healedMonitored = time.Hour
)

// observe returns what is told of every call of a model: the metrics, and the scheduler, which slows down with the callers of a provider.
func (a *App) observe(m *metrics.Metrics) func(relay.Observation) {
	return func(o relay.Observation) {
		m.Call(o)
		for i, attempt := range o.Attempts {
			if attempt.Reason != errs.RateLimited && attempt.Reason != errs.Overloaded {
				continue
			}
			var wait time.Duration
			if i == len(o.Attempts)-1 && o.Err != nil {
				wait = o.Err.RetryAfter
			}
			a.jobs.Refused(attempt.Provider, wait)
		}
	}
}
