package evaluations

import (
	"context"
	"math"
	"net/http"
	"strconv"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/jobs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/trace"
)

// again reports whether a task that failed is tried again, and the failure not recorded.
func again(ctx context.Context, t *jobs.Task, failure error) bool {
	if ctx.Err() != nil || relay.Cancelled(failure) {
		return true
	}
	reason := errs.From(failure).Reason
	switch {
	case reason == errs.ShuttingDown, reason == errs.DependencyUnavailable: // ours: nothing could be recorded
		return true
	case t.Last, reason.Code() == http.StatusUnprocessableEntity: // what a model answered is a result, however useless it is
		return false
	}
	return reason.Retryable() || reason == errs.Internal
}

// describe writes the failure e on a Log.
func describe(l *trace.Log, e *errs.Error) {
	l.Fail(e.With(func(e *errs.Error) { e.LogID = l.ID }).Detail("", ""))
}

// attempted adds to the metadata of a Log how often it was tried before.
func attempted(metadata json.Value, before int) json.Value {
	if before == 0 {
		return metadata
	}
	return trace.Note(metadata, json.Value(`{"attempts":`+strconv.Itoa(before)+`}`))
}

// untriedMetadata marks a Log that stands for a call which was not made.
var untriedMetadata = json.Value(`{"openloop":{"tried":false}}`)

// untried reports whether l stands for a call which was not made.
func untried(l *trace.Log) bool { return string(l.Metadata) == string(untriedMetadata) }

// costOf is what a Log cost, in dollars * 10^9. What is not known counts as nothing.
func costOf(l *trace.Log) int64 {
	var dollars float64
	for _, part := range []*float64{l.PromptCost, l.OutputCost} {
		if part != nil && *part > 0 {
			dollars += *part
		}
	}
	return int64(min(math.Round(dollars*1e9), math.MaxInt64/2))
}
