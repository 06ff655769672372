package evals

import (
	"cmp"
	"context"
	"time"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/store"
)

// reviewHold is for how long nobody else is given a Log that somebody was given to judge.
const reviewHold = 10 * time.Minute

type review struct {
	ID          string `path:"id"`
	EvaluatorID string `query:"evaluator_id" doc:"Only what is to be judged by this Evaluator."`
	RunID       string `query:"run_id" doc:"Only Logs of this Run; by default those of all that are open."`
	Reviewer    string `query:"reviewer" maxlen:"256" doc:"The person who judges, and whom the judgments name as user; the API key by default."`
	Blind       bool   `query:"blind" doc:"Leave out version, model and the judgments of others, and mix the Runs."`
	Size        int    `query:"size" default:"1" min:"0" max:"50" doc:"Items at most; with 0 only the counts."`
}

func (a *handlers) review(ctx context.Context, in *review) (*v5.Review, error) {
	e, err := a.o.DB.Evaluation(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &v5.Review{Reviewer: cmp.Or(in.Reviewer, auth.From(ctx).KeyID), ReviewsPerLog: e.ReviewsPerLog}
	r, err := a.o.DB.Review(ctx, store.ReviewQuery{
		EvaluationID: in.ID, RunID: in.RunID, EvaluatorID: in.EvaluatorID, Reviewer: out.Reviewer, Shuffled: in.Blind, Size: in.Size, Hold: reviewHold,
	})
	if err != nil {
		return nil, err
	}
	out.Waiting, out.Done = r.Waiting, r.Done
	out.Items, err = a.o.Shows.ReviewItems(ctx, r.Items, in.Blind)
	return out, err
}
