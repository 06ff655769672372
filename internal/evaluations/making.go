package evaluations

import (
	"context"

	"github.com/openloop-server/openloop/internal/agent"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/jobs"
	"github.com/openloop-server/openloop/internal/toolrun"
	"github.com/openloop-server/openloop/internal/trace"
)

// make makes the Log of a place, as it is done for the kind of the Run's version.
func (s *Service) make(ctx context.Context, f *filling) (jobs.Done, error) {
	version, err := s.o.Catalog.Version(ctx, f.VersionID)
	if err != nil {
		return jobs.Done{}, err
	}
	switch {
	case version != nil && version.File.Kind == file.AgentKind:
		return s.runAgent(ctx, f)
	case version != nil && version.File.Kind == file.ToolKind:
		return s.runTool(ctx, f)
	}
	return s.call(ctx, f)
}

// runAgent runs an Agent, or goes on with one that an earlier attempt has begun. Its Log takes the place once it is complete.
func (s *Service) runAgent(ctx context.Context, f *filling) (jobs.Done, error) {
	terms := agent.Terms{
		Unattended: true, Final: func(failure error) bool { return !again(ctx, f.task, failure) }, RunID: f.RunID, DatapointID: f.Datapoint.ID,
	}
	in := &agent.CallInput{Ref: file.Ref{VersionID: f.VersionID}, Past: true, Terms: terms, Inputs: f.inputs, Messages: f.Datapoint.Messages, Log: f.seed}
	in.Log.RunID, in.Log.DatapointID = "", ""
	result, err := s.o.Agents.Call(ctx, in)
	if errs.Is(err, errs.AlreadyExists) {
		result, err = s.o.Agents.Continue(ctx, &agent.ContinueInput{Terms: terms, LogID: f.LogID})
	}
	switch {
	case err == nil:
		s.streaks.succeeded(streakKey{run: f.task.Run})
		return jobs.Done{Nano: costOf(result.Log), Limited: f.MaxCost > 0}, nil
	case errs.Is(err, errs.IllegalState): // it was done before, by somebody who could not say so
		return jobs.Done{}, nil
	}
	return s.unmade(ctx, f, err)
}

// runTool runs a Tool. One that fails is recorded and not tried again, for nobody knows what it has done.
func (s *Service) runTool(ctx context.Context, f *filling) (jobs.Done, error) {
	result, err := s.o.Tools.Run(ctx, &toolrun.Input{
		Ref: file.Ref{VersionID: f.VersionID}, Past: true, Inputs: f.inputs, Log: f.seed, Keep: func(failure error) bool { return !again(ctx, f.task, failure) },
	})
	switch {
	case err == nil && result.Log.Error == nil:
		s.streaks.succeeded(streakKey{run: f.task.Run})
		return jobs.Done{}, nil
	case err == nil:
		return jobs.Done{Failed: true}, s.failed(ctx, f, failureOf(result.Log).Reason)
	case errs.Is(err, errs.AlreadyExists): // likewise
		return jobs.Done{}, nil
	}
	return s.unmade(ctx, f, err)
}

// unmade has a failure tried again, or records it, unless that was done: then it names the Log.
func (s *Service) unmade(ctx context.Context, f *filling, failure error) (done jobs.Done, err error) {
	if again(ctx, f.task, failure) {
		return jobs.Done{}, failure
	}
	e := errs.From(failure)
	if e.LogID == "" {
		if done.Gone, err = s.recordFailure(ctx, f, e); err != nil {
			return jobs.Done{}, err
		}
	}
	done.Failed = true
	return done, s.failed(ctx, f, e.Reason)
}

// endAgent completes the Log of an Agent that was begun and is given up, with the failure and the place of l. It returns false if there is none.
func (s *Service) endAgent(ctx context.Context, l *trace.Log) (bool, error) {
	_, err := s.o.Logs.Advance(ctx, l.ID, func(begun *trace.Log) error {
		if !begun.Whole() {
			begun.Status, begun.Error, begun.Detail, begun.RunID, begun.DatapointID = l.Status, l.Error, l.Detail, l.RunID, l.DatapointID
		}
		return nil
	})
	if errs.Is(err, errs.LogNotFound) {
		return false, nil
	}
	return err == nil, err
}
