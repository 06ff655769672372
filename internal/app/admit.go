package app

import (
	"context"
	"log/slog"
	"math"
	"runtime/debug"
	"time"

	"github.com/openloop-server/openloop/internal/admit"
)

// The targets of what is scarce.
const (
	commitTarget    = 50 * time.Millisecond // wait of a Log for its commit
	schedulerTarget = 3 * time.Millisecond  // mean wait of goroutines for a processor, which a call does some twenty times
	heapTarget      = 0.75                  // of the limit of memory that is in use
	bodiesTarget    = 0.5                   // of OPENLOOP_MAX_BODIES; at the limit large bodies are refused
	openTarget      = 20_000                // requests in progress
)

// alwaysLetIn is how many requests in progress are let in however much memory is in use: they are not what uses it.
const alwaysLetIn = 8

// newAdmission returns what decides which requests are let in. It lets all in until something samples it, which Run begins.
func (a *App) newAdmission() *admit.Controller {
	if !a.cfg.Shed {
		return admit.New(admit.Options{})
	}
	var c *admit.Controller
	heap := admit.LiveHeap()
	c = admit.New(admit.Options{Tell: a.tellOverload, Signals: []admit.Signal{
		admit.Waiting("commit", commitTarget, admit.Wait(func() admit.Queue { return admit.Queue(a.db.CommitQueue()) })),
		admit.Waiting("scheduler", schedulerTarget, admit.SchedulerDelay()),
		{Name: "memory", Target: heapTarget, Few: alwaysLetIn, Read: func(now time.Time) float64 { return heap(now) / memoryLimit() }},
		{Name: "bodies", Target: bodiesTarget * float64(a.cfg.MaxBodies), Few: alwaysLetIn, Read: func(time.Time) float64 { return float64(a.web.BodyBytes()) }},
		{Name: "open", Target: openTarget, Read: func(time.Time) float64 { return float64(c.Open()) }},
	}})
	return c
}

// memoryLimit is the limit of memory that the garbage collector keeps to, infinite for none.
func memoryLimit() float64 {
	n := debug.SetMemoryLimit(-1)
	if n == math.MaxInt64 {
		return math.Inf(1)
	}
	return float64(n)
}

// sample has the pressure follow its signals.
func (a *App) sample(context.Context) time.Duration {
	a.admit.Sample(time.Now())
	return admit.Every
}

// tellOverload tells the operator that requests are turned away.
func (a *App) tellOverload(r admit.Report) {
	if r.Over {
		a.log.Warn("overload: all requests are let in again", "turned_away", r.Shed, "seconds", math.Round(r.Lasted.Seconds()))
		return
	}
	a.log.LogAttrs(context.Background(), slog.LevelWarn, "overload: requests are turned away", slog.String("signal", r.Signal),
		slog.Float64("pressure", math.Round(r.Pressure*10)/10), slog.Int64("turned_away", r.Shed))
}
