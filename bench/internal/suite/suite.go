// Package suite measures the server under test beside direct calls and a plain reverse proxy: which situations, how a run is made, what is
// kept of it. Every server is a process of its own, started afresh for every round.
package suite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"time"

	"github.com/openloop-server/openloop/bench/internal/report"
)

// Bench says what to measure and how. All fields but Only, Env, NewDatabase, Upstream and Gateway must be set.
type Bench struct {
	Self     string         // program that serves as Play says when given its arguments
	Openloop string         // program under test; needed if it is among Targets
	Scratch  string         // folder for data and logs, which are removed again
	Targets  []string       // names from package report, in the order of columns
	Rounds   int            // at least 1
	Duration time.Duration  // of one run of one target
	Only     *regexp.Regexp // names of the cases to run; nil: all but the overloads
	Env      []string       // for the server under test, as KEY=value
	// NewDatabase makes an empty PostgreSQL database for the server under test and returns its URL. Nil: it uses the database inside.
	NewDatabase func(context.Context) (url string, err error)
	Progress    io.Writer // told about each run
	// Slow builds the program under test with a disk that is as slow as OPENLOOP_TEST_SLOW_SYNC says. Only a case with a slow disk needs it.
	Slow func(context.Context) (path string, err error)

	Streams  int      // that are open at once in the cases about open streams
	Upstream string   // host:port of the upstream; "" for any that is free
	Gateway  *Gateway // needed if report.Gateway is among Targets
}

// Gateway is a gateway that runs already and asks the upstream.
type Gateway struct {
	URL   string // of its chat completions, or without a path for the usual one; http only
	Key   string
	Model string // the upstream's, as the gateway names it
	PID   int    // of the process whose processor time and memory count; 0 for none
}

// Run measures case after case and gives each to done when it is complete. A case that fails holds the reason; the others are still
// measured. The error is that of done, or of ctx.
func (b *Bench) Run(ctx context.Context, done func(report.Case) error) error {
	for _, c := range b.chosen() {
		result := report.Case{Name: c.name, Title: c.title}
		var err error
		if result.Rows, err = b.measure(ctx, c); err != nil {
			result.Failure = err.Error()
		}
		if err := errors.Join(ctx.Err(), done(result)); err != nil {
			return err
		}
	}
	return nil
}

// chosen are the cases to run.
func (b *Bench) chosen() []benchCase {
	if b.Only == nil {
		return b.cases()
	}
	return slices.DeleteFunc(append(b.cases(), b.overloads()...), func(c benchCase) bool { return !b.Only.MatchString(c.name) })
}

// Names lists the cases, to choose from with Only.
func (b *Bench) Names() []string {
	var names []string
	for _, c := range append(b.cases(), b.overloads()...) {
		names = append(names, c.name)
	}
	return names
}

// measure runs all rounds of one case.
func (b *Bench) measure(ctx context.Context, c benchCase) ([]report.Row, error) {
	var rounds []map[string]figures
	for i := range b.Rounds {
		round, err := b.round(ctx, c, i)
		if err != nil {
			return nil, err
		}
		rounds = append(rounds, round)
	}
	var rows []report.Row
	for _, metric := range c.metrics {
		byTarget := map[string][]float64{}
		for _, round := range rounds {
			for name, found := range round {
				if figure, ok := found[metric.Name]; ok {
					byTarget[name] = append(byTarget[name], figure)
				}
			}
		}
		rows = append(rows, report.NewRow(metric, byTarget))
	}
	return rows, nil
}

// round runs every target once on a fresh stack. Each round begins with another target, so that none is always first.
func (b *Bench) round(ctx context.Context, c benchCase, number int) (_ map[string]figures, err error) {
	// A server that hangs must not hang the benchmark.
	ctx, cancel := context.WithTimeout(ctx, time.Duration(len(b.Targets))*(3*b.Duration+2*time.Minute))
	defer cancel()
	s, err := b.newStack(ctx, c)
	defer func() { err = errors.Join(err, s.close()) }()
	if err != nil {
		return nil, err
	}
	round := map[string]figures{}
	for i := range s.targets {
		t := s.targets[(i+number)%len(s.targets)]
		_, _ = fmt.Fprintf(b.Progress, "%s, round %d of %d: %s\n", c.name, number+1, b.Rounds, t.name)
		found, err := c.measure(ctx, s, t)
		if err == nil {
			err = s.verifyLogs(ctx, t)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		round[t.name] = found
	}
	addDifferences(round)
	return round, nil
}
