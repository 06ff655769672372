package api

import (
	"context"
	"strconv"
	"time"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// callAnswer is the answer to a call. It encodes its own JSON, that of [v5.PromptCallResponse], around the Prompt, which is already
// encoded.
type callAnswer struct {
	result *gateway.Result
	base   string // of the server
	prompt json.Value
	inputs json.Value
}

func (a *API) callAnswer(ctx context.Context, r *gateway.Result, returnInputs bool) (*callAnswer, error) {
	prompt, err := a.shows.PromptJSON(ctx, r.Call.Prompt)
	if err != nil {
		return nil, err
	}
	answer := &callAnswer{result: r, base: a.o.BaseURL, prompt: prompt, inputs: json.Value("{}")}
	if returnInputs && json.Kind(r.Call.Input.Inputs) == '{' {
		answer.inputs = r.Call.Input.Inputs
	}
	return answer, nil
}

// JSONSchema implements [schema.Schemer].
func (callAnswer) JSONSchema() *schema.Schema { return schema.Of[v5.PromptCallResponse]() }

// AppendJSON implements [web.Appender].
func (a *callAnswer) AppendJSON(dst []byte) []byte {
	first := a.result.Logs[0]
	dst = append(dst, `{"id":`...)
	o := object{json.AppendString(dst, first.ID)}
	o.text("log_id", first.ID)
	o.text("trace_id", first.TraceID)
	o.labels(first)
	o.dst = llm.AppendMessages(o.key("messages"), a.result.Call.Messages)
	if first.Payload.ToolChoice != nil {
		o.dst = json.AppendValue(o.key("tool_choice"), first.Payload.ToolChoice)
	}
	o.raw("prompt", a.prompt)
	o.raw("inputs", a.inputs)
	logs := append(o.key("logs"), '[')
	for i, l := range a.result.Logs {
		if i > 0 {
			logs = append(logs, ',')
		}
		logs = a.appendSample(logs, l)
	}
	return append(logs, "]}"...)
}

func (a *callAnswer) appendSample(dst []byte, l *trace.Log) []byte {
	dst = append(dst, `{"index":`...)
	o := object{strconv.AppendInt(dst, int64(l.SampleIndex), 10)}
	o.text("id", l.ID)
	o.time("created_at", l.CreatedAt)
	o.answer(l, a.base)
	return append(o.dst, '}')
}

// object appends more members to a JSON object.
type object struct{ dst []byte }

// key appends the name of a member and returns the slice to which its value is to be appended.
func (o *object) key(name string) []byte {
	o.dst = append(o.dst, `,"`...)
	o.dst = append(o.dst, name...)
	o.dst = append(o.dst, `":`...)
	return o.dst
}

func (o *object) raw(name string, v json.Value) {
	if len(v) > 0 {
		o.dst = append(o.key(name), v...)
	}
}

func (o *object) text(name, s string) {
	if s != "" {
		o.dst = json.AppendString(o.key(name), s)
	}
}

func (o *object) textOf(name string, s *string) {
	if s != nil {
		o.dst = json.AppendString(o.key(name), *s)
	}
}

func (o *object) count(name string, n *int64) {
	if n != nil {
		o.dst = strconv.AppendInt(o.key(name), *n, 10)
	}
}

func (o *object) number(name string, f *float64) {
	if f != nil {
		o.dst = json.AppendValue(o.key(name), *f)
	}
}

func (o *object) time(name string, t time.Time) {
	if !t.IsZero() {
		dst := append(o.key(name), '"')
		o.dst = append(t.UTC().AppendFormat(dst, wireTime), '"')
	}
}

// wireTime is the format of times in answers: RFC 3339 in UTC, with microseconds.
const wireTime = "2006-01-02T15:04:05.000000Z"

// labels appends the members of [v5.CallLabels] except the id.
func (o *object) labels(l *trace.Log) {
	o.time("start_time", l.StartTime)
	o.time("end_time", l.EndTime)
	o.text("source", l.Source)
	o.raw("metadata", l.Metadata)
	o.text("source_datapoint_id", l.DatapointID)
	o.text("trace_parent_id", l.TraceParentID)
	o.text("user", l.User)
	o.text("environment", l.Environment)
	o.dst = strconv.AppendBool(o.key("save"), !l.PayloadDropped)
}

// answer appends the members of [v5.Answer].
func (o *object) answer(l *trace.Log, base string) {
	p := &l.Payload
	o.textOf("output", p.Output)
	if p.OutputMessage != nil {
		o.dst = p.OutputMessage.AppendJSON(o.key("output_message"))
	}
	o.textOf("error", l.Error)
	o.detail(l.Detail.Under(base))
	o.number("provider_latency", l.Latency)
	o.count("prompt_tokens", l.PromptTokens)
	o.count("reasoning_tokens", l.ReasonTokens)
	o.count("output_tokens", l.OutputTokens)
	o.number("prompt_cost", l.PromptCost)
	o.number("output_cost", l.OutputCost)
	o.text("finish_reason", l.FinishReason)
	o.raw("logprobs", p.LogProbs)
	o.text("provider", l.Provider)
	o.text("model", l.Model)
	if l.Attempts != nil {
		o.dst = json.AppendValue(o.key("attempts"), l.Attempts)
	}
}

func (o *object) detail(d *errs.Detail) {
	if d != nil {
		o.dst = json.AppendValue(o.key("detail"), d)
	}
}
