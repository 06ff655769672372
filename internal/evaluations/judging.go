package evaluations

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/jobs"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// judging is a task to judge a Log.
type judging struct {
	*store.Subject
	task      *jobs.Task
	evaluator *file.Snapshot
}

// JudgeLog is the [jobs.Handler] of tasks that judge Logs.
func (s *Service) JudgeLog(ctx context.Context, t *jobs.Task) (jobs.Done, error) {
	subject, wanted, err := s.o.DB.SubjectOf(ctx, t.Task)
	if err != nil || !wanted {
		return jobs.Done{}, err
	}
	if t.Lost > 0 { // who held it before may have made the judgment
		if made, err := s.o.DB.LogExists(ctx, subject.LogID); err != nil || made {
			return jobs.Done{}, err
		}
	}
	evaluator, err := s.o.Catalog.Version(ctx, subject.EvaluatorID)
	if err != nil {
		return jobs.Done{}, err
	}
	j := &judging{Subject: &subject, task: t, evaluator: evaluator}
	judged, err := s.judged(ctx, j)
	switch {
	case err != nil && judged != nil:
		return jobs.Done{Nano: costOf(judged)}, err
	case err != nil:
		return jobs.Done{}, err
	}
	done := jobs.Done{Nano: costOf(judged), Failed: judged.Error != nil, LogID: judged.ID, Limited: j.MaxCost > 0}
	done.Gone, err = s.record(ctx, judged, t)
	if errs.Is(err, errs.LogNotFound) || errs.Is(err, errs.Conflict) { // deleted or changed meanwhile
		done.LogID, err = "", nil
	}
	return done, err
}

// judged returns the Log of the Evaluator, whatever it says. An error means that it is tried again; a Log beside it tells what the attempt cost.
func (s *Service) judged(ctx context.Context, j *judging) (*trace.Log, error) {
	key := streakKey{run: j.task.Run, evaluator: j.task.Object}
	if why := s.notJudged(j, key); why != nil {
		return s.unjudged(j, why), nil
	}
	l, err := s.o.Judge.Judge(ctx, j.evaluator, j.Log, j.Datapoint)
	switch {
	case err != nil && again(ctx, j.task, err):
		return nil, err
	case err != nil:
		return s.unjudged(j, errs.From(err)), nil
	case l.Error == nil:
		s.streaks.succeeded(key)
		return j.complete(l), nil
	}
	failure := failureOf(l)
	if again(ctx, j.task, failure) {
		return l, failure
	}
	s.streaks.failed(key, failure.Reason)
	return j.complete(l), nil
}

// notJudged returns why a Log is not judged, nil to judge it.
func (s *Service) notJudged(j *judging, key streakKey) *errs.Error {
	paid := j.task.Pool != file.PythonPool && j.task.Pool != file.NativePool
	switch {
	case j.task.GiveUp != nil:
		return j.task.GiveUp
	case untried(j.Log):
		return errs.New(errs.NothingToJudge, "There is nothing to judge: the call was not made.")
	case paid && j.OverBudget():
		return stopped(errs.BudgetExceeded)
	}
	if reason := s.streaks.inVain(key); reason != "" {
		return errs.New(reason, "Not tried: %d judgments in a row had failed with %s.", hopeless, reason)
	}
	return nil
}

// unjudged returns a Log of the Evaluator that says only why it does not judge.
func (s *Service) unjudged(j *judging, why *errs.Error) *trace.Log {
	now := s.o.Now()
	l := &trace.Log{
		Kind: file.EvaluatorKind, FileID: j.evaluator.File.ID, VersionID: j.EvaluatorID, ParentID: j.Log.ID, CreatedAt: now, StartTime: now, EndTime: now,
	}
	describe(l, why)
	return j.complete(l)
}

// complete gives the Log of an Evaluator what follows from its task.
func (j *judging) complete(l *trace.Log) *trace.Log {
	l.ID = j.LogID
	if l.Detail != nil {
		detail := *l.Detail
		detail.LogID, l.Detail = l.ID, &detail
	}
	if l.Source = trace.SourceEvaluation; j.task.Run == 0 {
		l.Source = trace.SourceMonitoring
	}
	l.Metadata = attempted(l.Metadata, j.task.Attempts)
	return l
}

// failureOf is the failure that a Log of an Evaluator tells of.
func failureOf(l *trace.Log) *errs.Error {
	if l.Detail == nil {
		return &errs.Error{Reason: errs.CodeFailed, Message: *l.Error}
	}
	return &errs.Error{
		Reason: l.Detail.Reason, Message: l.Detail.Message, Provider: l.Detail.Provider, Model: l.Detail.Model,
		RetryAfter: time.Duration(l.Detail.RetryAfter * float64(time.Second)),
	}
}
