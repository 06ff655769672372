package evaluations

import (
	"context"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/jobs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// filling is a task to make the Log of a place of a Run.
type filling struct {
	*store.Place
	task   *jobs.Task
	inputs json.Value
	seed   trace.Log // of the Log
}

// MakeLog is the [jobs.Handler] of tasks that make the Logs of Runs. The Log belongs to who made the Run.
func (s *Service) MakeLog(ctx context.Context, t *jobs.Task) (jobs.Done, error) {
	found, wanted, err := s.o.DB.PlaceOf(ctx, t.Task)
	if err != nil || !wanted {
		return jobs.Done{}, err
	}
	inputs, err := json.Marshal(found.Datapoint.Inputs)
	if err != nil {
		return jobs.Done{}, errs.Wrap("evaluations.MakeLog", err)
	}
	f := &filling{Place: &found, task: t, inputs: inputs, seed: trace.Log{
		ID: found.LogID, Source: trace.SourceEvaluation, RunID: found.RunID, DatapointID: found.Datapoint.ID, Metadata: attempted(nil, t.Attempts),
	}}
	ctx = auth.With(ctx, auth.Principal{KeyID: found.CreatedBy})
	if why := notTried(f); why != nil {
		return s.skip(ctx, f, why)
	}
	return s.make(ctx, f)
}

// call asks the models of the Run's version, and says what came of it.
func (s *Service) call(ctx context.Context, f *filling) (jobs.Done, error) {
	var kept error // a failure that was recorded
	result, err := s.o.Gateway.Call(ctx, &gateway.CallInput{
		Ref: file.Ref{VersionID: f.VersionID}, Past: true, Inputs: f.inputs, Messages: f.Datapoint.Messages, Log: f.seed,
		Free: f.task.Lost == 0, Riders: []*store.Rider{f.task.Rider()},
		Keep: func(failure error) bool {
			if again(ctx, f.task, failure) {
				return false
			}
			kept = failure
			return true
		},
	})
	switch {
	case err == nil:
		s.streaks.succeeded(streakKey{run: f.task.Run})
		return jobs.Done{Nano: costOf(result.Logs[0]), Gone: true, Limited: f.MaxCost > 0}, nil
	case errs.Is(err, errs.AlreadyExists): // it was done before, by somebody who could not say so
		return jobs.Done{}, nil
	case kept != nil && err == kept: //nolint:errorlint // otherwise the recording failed
		return jobs.Done{Failed: true, Gone: true}, s.failed(ctx, f, errs.From(err).Reason)
	case again(ctx, f.task, err):
		return jobs.Done{}, err
	}
	gone, failure := s.recordFailure(ctx, f, errs.From(err))
	if failure != nil {
		return jobs.Done{}, failure
	}
	return jobs.Done{Failed: true, Gone: gone}, s.failed(ctx, f, errs.From(err).Reason)
}

// notTried returns why the Log of a place is not made, nil to make it.
func notTried(f *filling) *errs.Error {
	switch {
	case f.task.GiveUp != nil:
		return f.task.GiveUp
	case f.Stopped != "":
		return stopped(f.Stopped)
	case f.OverBudget():
		return stopped(errs.BudgetExceeded)
	}
	return nil
}

// stopped is the failure of what is not tried because a Run was stopped.
func stopped(reason errs.Reason) *errs.Error {
	switch reason { //nolint:exhaustive // the others are those of failures in a row
	case errs.BudgetExceeded:
		return errs.New(reason, "Not tried: the Run has spent what max_cost allows.")
	case errs.TooManyErrors:
		return errs.New(reason, "Not tried: more Logs of the Run have failed than max_errors allows.")
	}
	return errs.New(reason, "Not tried: the Run was stopped, because %d calls in a row had failed with %s.", hopeless, reason)
}

// skip records a Log of a place that was not tried.
func (s *Service) skip(ctx context.Context, f *filling, why *errs.Error) (jobs.Done, error) {
	f.seed.Metadata = untriedMetadata
	gone, err := s.recordFailure(ctx, f, why)
	if err != nil {
		return jobs.Done{}, err
	}
	if f.Stopped == "" && f.OverBudget() {
		err = s.stop(ctx, f.task.Run, errs.BudgetExceeded)
	}
	return jobs.Done{Failed: true, Gone: gone}, err
}

// recordFailure records a Log of a place that says why there is no better one. It reports what [Service.record] does.
func (s *Service) recordFailure(ctx context.Context, f *filling, e *errs.Error) (gone bool, err error) {
	v, err := s.o.Catalog.Version(ctx, f.VersionID)
	if err != nil {
		return false, err
	}
	l, now := f.seed, s.o.Now()
	if v != nil {
		l.Kind, l.FileID = v.File.Kind, v.File.ID
	}
	describe(&l, e)
	l.VersionID, l.CreatedAt, l.StartTime, l.EndTime, l.CreatedBy = f.VersionID, now, now, now, f.CreatedBy
	l.Payload = trace.Payload{Inputs: f.inputs, Messages: f.Datapoint.Messages}
	if l.Kind == file.AgentKind {
		l.Status, l.TraceID = trace.Complete, l.ID
		if ended, err := s.endAgent(ctx, &l); ended || err != nil {
			return false, err
		}
	}
	return s.record(ctx, &l, f.task)
}

// record stores the Log of a task, unless ctx has ended, and reports whether the task has gone with it. A Log that exists already was stored by somebody
// who could not say so. Once a Log waits for its commit it is stored or not whatever becomes of ctx, so the answer is waited for.
func (s *Service) record(ctx context.Context, l *trace.Log, t *jobs.Task) (gone bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	err = s.o.Logs.Record(context.WithoutCancel(ctx), l, t.Rider())
	if errs.Is(err, errs.AlreadyExists) {
		return false, nil
	}
	return err == nil && t.Goes(), err
}

// failed counts a failure that was recorded, and stops the Run when there are enough.
func (s *Service) failed(ctx context.Context, f *filling, reason errs.Reason) error {
	if s.streaks.failed(streakKey{run: f.task.Run}, reason) {
		return s.stop(ctx, f.task.Run, reason)
	}
	if f.MaxErrors == nil && !concernsAll(reason) {
		return nil
	}
	o, err := s.o.DB.RunOutcomes(ctx, f.task.Run, hopeless)
	switch {
	case err != nil:
		return err
	case concernsAll(reason) && o.Good == 0 && o.Failed[reason] >= hopeless: // other processes count too
		return s.stop(ctx, f.task.Run, reason)
	case f.MaxErrors != nil && o.Errors > *f.MaxErrors:
		return s.stop(ctx, f.task.Run, errs.TooManyErrors)
	}
	return nil
}

// stop has the Logs that a Run still lacks recorded as failures, without a call.
func (s *Service) stop(ctx context.Context, run int64, reason errs.Reason) error {
	_, err := s.o.DB.StopRun(ctx, run, reason)
	if err == nil {
		s.streaks.succeeded(streakKey{run: run})
	}
	return err
}
