// Package agent runs Agents: it asks the model, runs the tools that the model calls, and asks again, until the model is done.
//
// A turn is what one call or continuation runs. Its Log is stored before the model is asked, and after every step: an answer is on disk before
// any of its calls is run, and what a call gave is a Log of its own below the Agent's. So a turn that was interrupted goes on where it was, and
// nothing that was recorded is done again. A tool that only the client can run suspends the Agent until the client continues it.
//
// The lease of a turn keeps a Log from being continued twice at once. A turn that was lost with its process is free once the lease is over.
package agent

import (
	"context"
	"iter"
	"time"

	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/logbook"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/toolrun"
	"github.com/openloop-server/openloop/internal/trace"
)

// Runner runs Agents. It is safe for concurrent use.
type Runner struct{ o Options }

// Options configures a Runner. All fields but Timeout are required.
type Options struct {
	DB      *store.DB
	Catalog *catalog.Catalog
	Relay   *relay.Relay
	Gateway *gateway.Gateway
	Tools   *toolrun.Runner
	Logs    *logbook.Book
	Now     func() time.Time
	Timeout time.Duration // of a turn; 0 means none
}

// New returns a Runner.
func New(o Options) *Runner { return &Runner{o: o} }

// Terms is how a turn is run.
type Terms struct {
	Keys       map[string]string // of providers, that the caller brings
	ReceivedAt time.Time         // when the request arrived; zero means now

	// Unattended says that nobody will continue the Agent. A call of a tool that only a client can run fails then, with tool_not_runnable.
	Unattended bool
	// Final reports whether a failure after which the Agent could be continued ends it nevertheless. Nil means that none does.
	Final func(failure error) bool

	// RunID and DatapointID are the place of a Run that the Log takes once it is complete.
	RunID, DatapointID string

	chain []string // the ids of the Agents that this one works for, outermost first
}

// CallInput describes a call of an Agent.
type CallInput struct {
	file.Ref
	Terms
	Agent      *file.Agent // brought along: the version is found by content, or made
	Draft      bool        // that version is only tried; see [store.Save]
	Past       bool        // the version that VersionID names is run even if it, or its File, was deleted
	Inputs     json.Value  // an object
	Messages   []llm.Message
	ToolChoice llm.ToolChoice // of the first step
	Log        trace.Log      // what the caller attaches to the Log; its id may be given
}

// ContinueInput describes the continuation of an Agent whose Log is incomplete.
type ContinueInput struct {
	Terms
	LogID    string
	Messages []llm.Message // results of all calls that are left to the client, and what else is said; none to resume after an interruption
}

// Result is what came of a turn.
type Result struct {
	Snapshot file.Snapshot // the version that ran
	Log      *trace.Log    // committed: complete, or incomplete when the Agent is suspended

	// Waits is the message of a suspended Agent with the calls that the client is to answer. Nil means that the Agent is complete.
	Waits *llm.Message
}

// Call runs an Agent until it is done or suspended.
//
// Errors before there is a Log are those of the version, the template, the inputs and the labels, as for a Prompt. Later ones name the Log. If
// the failure is retryable, or the caller left, the Log stays incomplete, and [Runner.Continue] goes on from its last step. Otherwise the Log is
// complete, with the error.
func (r *Runner) Call(ctx context.Context, in *CallInput) (*Result, error) {
	t, err := r.begin(ctx, in)
	if err != nil {
		return nil, err
	}
	return t.run(ctx)
}

// Stream is [Runner.Call] in events, as they happen. The last event comes after the Log is committed. An error ends the sequence. Breaking the
// loop interrupts the turn.
func (r *Runner) Stream(ctx context.Context, in *CallInput) iter.Seq2[*Event, error] {
	return stream(ctx, func(ctx context.Context) (*turn, error) { return r.begin(ctx, in) })
}

// Continue goes on with an Agent whose Log is incomplete: it was suspended, or interrupted. Errors: log_not_found; illegal_state for a Log that is
// complete; conflict while another turn of it is going on; validation_failed for messages that do not answer the open calls, and no others;
// those of [Runner.Call].
func (r *Runner) Continue(ctx context.Context, in *ContinueInput) (*Result, error) {
	t, err := r.resume(ctx, in)
	if err != nil {
		return nil, err
	}
	return t.run(ctx)
}

// ContinueStream is [Runner.Continue] in events, as [Runner.Stream] is of [Runner.Call].
func (r *Runner) ContinueStream(ctx context.Context, in *ContinueInput) iter.Seq2[*Event, error] {
	return stream(ctx, func(ctx context.Context) (*turn, error) { return r.resume(ctx, in) })
}

func stream(ctx context.Context, begin func(context.Context) (*turn, error)) iter.Seq2[*Event, error] {
	return func(yield func(*Event, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		t, err := begin(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		gone := false
		t.send = func(e *Event) bool {
			if !gone && !yield(e, nil) {
				gone = true
				cancel()
			}
			return !gone
		}
		if _, err := t.run(ctx); err != nil && !gone {
			yield(nil, err)
		}
	}
}
