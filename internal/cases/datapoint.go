package cases

import (
	"bytes"
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/tmpl"
	"github.com/openloop-server/openloop/internal/trace"
)

// add makes the datapoints of Logs, and counts those of which none can be made.
func (m *maker) add(ctx context.Context, logs []*trace.Log) error {
	corrections, err := m.corrections(ctx, logs)
	if err != nil {
		return err
	}
	for _, l := range logs {
		m.record.Logs++
		d := file.Datapoint{SourceLogID: l.ID, Inputs: texts(l.Payload.Inputs)}
		if m.draft.Messages {
			if d.Messages, err = m.asked(ctx, l); err != nil {
				return err
			}
		}
		var why Reason
		if d.Target, why = m.target(l, corrections[l.ID]); why == "" && len(d.Inputs) == 0 && len(d.Messages) == 0 {
			why = NothingAsked
		}
		if l.PayloadDropped {
			why = PayloadDropped
		}
		if why != "" {
			m.record.Skipped[why]++
			continue
		}
		m.made = append(m.made, d)
	}
	return nil
}

// texts are inputs as a datapoint has them: a text as it is, anything else as JSON. One that is null is left out, as templates see it.
func texts(inputs json.Value) map[string]string {
	var members map[string]json.Value
	if json.UnmarshalForeign(inputs, &members) != nil {
		return nil // none, or no object
	}
	out := make(map[string]string, len(members))
	for name, v := range members {
		var text string
		switch {
		case json.Kind(v) == 'n':
		case json.Kind(v) == '"' && json.UnmarshalForeign(v, &text) == nil:
			out[name] = text
		default:
			out[name] = string(v)
		}
	}
	return out
}

// asked are the messages that a caller gave: those of a Prompt's or Agent's Log without what its template made of the inputs, and of an Agent's
// Log without its own work, which follows the last message of a user.
func (m *maker) asked(ctx context.Context, l *trace.Log) ([]llm.Message, error) {
	messages := l.Payload.Messages
	if l.Kind != file.PromptKind && l.Kind != file.AgentKind {
		return messages, nil
	}
	snap, err := m.catalog.Version(ctx, l.VersionID)
	if err != nil || snap == nil {
		return messages, err
	}
	if made := m.rendered(ctx, l, snap); beginsWith(messages, made) {
		messages = messages[len(made):]
	}
	if l.Kind == file.AgentKind {
		for len(messages) > 0 && messages[len(messages)-1].Role != llm.User {
			messages = messages[:len(messages)-1]
		}
	}
	return messages, nil
}

// rendered is what the template makes of the inputs of a Log; nil when it makes nothing of them any more.
func (m *maker) rendered(ctx context.Context, l *trace.Log, snap *file.Snapshot) []llm.Message {
	opened, err := m.catalog.Opened(snap)
	if err != nil || opened.Template == nil {
		return nil
	}
	inputs, err := tmpl.DecodeInputs(l.Payload.Inputs)
	if err != nil {
		return nil
	}
	r, err := opened.Template.Render(ctx, inputs)
	if err != nil {
		return nil
	}
	return r.Conversation()
}

func beginsWith(messages, start []llm.Message) bool {
	return len(messages) >= len(start) && slices.EqualFunc(messages[:len(start)], start, equal)
}

func equal(a, b llm.Message) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// target is the target of a Log's datapoint, or why it has none.
func (m *maker) target(l *trace.Log, correction json.Value) (json.Value, Reason) {
	switch m.draft.Target {
	case FromCorrection:
		if correction == nil {
			return nil, NoCorrection
		}
		return member("output", correction), ""
	case NoTarget:
		return nil, ""
	case FromOutput:
	}
	switch p := &l.Payload; {
	case p.Output != nil:
		return member("output", json.AppendString(nil, *p.Output)), ""
	case p.OutputMessage != nil:
		raw, err := json.Marshal(p.OutputMessage)
		if err != nil {
			return nil, NoOutput
		}
		return member("output_message", raw), ""
	default:
		return nil, NoOutput
	}
}

func member(name string, v json.Value) json.Value {
	return slices.Concat(json.Value(`{`), json.AppendString(nil, name), json.Value(`:`), v, json.Value(`}`))
}

// correctionPath is where the Evaluator is by which people say what the answer should have been.
const correctionPath = "correction"

// corrections are the latest corrections of Logs, by their ids. One that was withdrawn is none.
func (m *maker) corrections(ctx context.Context, logs []*trace.Log) (map[string]json.Value, error) {
	if m.draft.Target != FromCorrection {
		return nil, nil
	}
	evaluator, err := m.db.Snapshot(ctx, file.EvaluatorKind, file.Ref{Path: correctionPath})
	if errs.Is(err, errs.EvaluatorNotFound) { // nobody has corrected anything
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(logs))
	for i, l := range logs {
		ids[i] = l.ID
	}
	judged, err := m.db.EvaluatorLogs(ctx, ids)
	latest := map[string]json.Value{}
	for id, list := range judged {
		for _, j := range list {
			if j.FileID == evaluator.File.ID && j.Error == nil {
				latest[id] = j.Payload.Judgment
			}
		}
		if v := latest[id]; len(v) == 0 || json.Kind(v) == 'n' {
			delete(latest, id)
		}
	}
	return latest, err
}
