package agent

import (
	"context"
	"fmt"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/trace"
)

// resume takes the next turn of a Log, and stores what the client says.
func (r *Runner) resume(ctx context.Context, in *ContinueInput) (*turn, error) {
	if err := relay.CheckKeys(in.Keys); err != nil {
		return nil, err
	}
	l, err := r.continuable(ctx, in.LogID)
	if err != nil {
		return nil, err
	}
	version, err := r.o.Catalog.Past(ctx, file.AgentKind, l.VersionID)
	if err != nil {
		return nil, err
	}
	t, err := r.open(ctx, version, in.Terms)
	if err != nil {
		return nil, err
	}
	t.holds(l.ID)
	taken, err := r.o.DB.TakeTurn(ctx, t.lease)
	switch {
	case err != nil:
		return nil, err
	case !taken:
		return nil, errs.New(errs.Conflict, "The Log `%s` is being continued already. Wait for the end of that turn.", l.ID)
	}
	if err := t.proceed(ctx, in); err != nil {
		t.release(ctx)
		return nil, err
	}
	return t, nil
}

// continuable returns a Log that can be continued.
func (r *Runner) continuable(ctx context.Context, id string) (*trace.Log, error) {
	l, err := r.o.DB.Log(ctx, id)
	switch {
	case err != nil:
		return nil, errs.About(err, errs.LogNotFound, "log_id")
	case l.Kind != file.AgentKind:
		return nil, errs.New(errs.LogNotFound, "The Log `%s` is one of a %s, and no Agent's.", id, l.Kind.Spec().Title).At("log_id")
	case l.Status == trace.Complete:
		return nil, errs.New(errs.IllegalState, "The Log `%s` is complete, so it cannot be continued.", id).At("log_id")
	case l.PayloadDropped:
		return nil, errs.New(errs.IllegalState, "The messages of the Log `%s` were not stored, since `save` was false. So it cannot be continued.", id).At("log_id")
	}
	return l, nil
}

// proceed adds the messages of the client to the Log, which may have changed before the turn was taken.
func (t *turn) proceed(ctx context.Context, in *ContinueInput) error {
	l, err := t.continuable(ctx, in.LogID)
	if err != nil {
		return err
	}
	t.log, t.stored, t.progress, t.first = l, markOf(l), progressOf(l), TurnContinue
	if err := t.fitting(in.Messages); err != nil {
		return err
	}
	if len(in.Messages) > 0 || t.progress.Turn == 0 {
		t.progress.Turn++
	}
	for _, m := range in.Messages {
		if m.Role == llm.ToolRole && m.Content.IsZero() {
			m.Content = llm.Text("")
		}
		l.Payload.Messages = append(l.Payload.Messages, m)
	}
	l.Error, l.Detail = nil, nil
	return t.save(ctx)
}

// fitting refuses messages that do not answer the calls which are left to the client, and no others.
func (t *turn) fitting(messages []llm.Message) error {
	left := map[string]bool{}
	for _, c := range openCalls(t.log.Payload.Messages) {
		if !t.tools.ours(&c) {
			left[c.ID] = true
		}
	}
	var faults []errs.Violation
	for i := range messages {
		m := &messages[i]
		switch {
		case m.Role == llm.Assistant:
			faults = append(faults, fault("The model's messages are stored already: send results of its calls, and what users say.", "messages", i, "role"))
		case m.Role == llm.ToolRole && !left[m.ToolCallID]:
			faults = append(faults, fault(fmt.Sprintf("No open call that is left to the client has the id %q.", m.ToolCallID), "messages", i, "tool_call_id"))
		case m.Role == llm.ToolRole:
			delete(left, m.ToolCallID)
		}
	}
	for _, c := range openCalls(t.log.Payload.Messages) {
		if left[c.ID] {
			faults = append(faults, fault(fmt.Sprintf("The call %q of `%s` is not answered.", c.ID, c.Function.Name), "messages"))
		}
	}
	if faults == nil {
		return nil
	}
	texts := make([]string, len(faults))
	for i := range faults {
		texts[i] = faults[i].Message
	}
	e := errs.New(errs.ValidationFailed, "%s", strings.Join(texts, " "))
	e.Param, e.Violations = "messages", faults
	return e
}

func fault(message string, place ...any) errs.Violation {
	return errs.Violation{Loc: place, Param: errs.Dotted(place), Message: message, Type: "value_error"}
}
