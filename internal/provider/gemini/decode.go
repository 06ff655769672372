package gemini

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// decode translates the body of a 2xx answer. Parts that have no portable form, such as images that the model drew, stay in the
// raw answer, and so do further candidates.
func decode(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
	var d decoder
	events, err := d.documents(call, h, "", body)
	if err != nil {
		return nil, err
	}
	last, whole := d.Last()
	if !whole {
		return nil, unusable(call, h, "", body)
	}
	var fold llm.Fold
	for i := range events {
		fold.Add(&events[i])
	}
	fold.Add(&last)
	return fold.Response(), nil
}

// unusable reports a document that is no part of an answer.
func unusable(call failure.Call, h http.Header, name string, data []byte) error {
	if e := call.Event(name, h, data); e != nil {
		return e
	}
	return call.Unusable(h, data)
}

// decoder translates the documents of one answer, and implements [llmhttp.Decoder]. The zero decoder is ready.
type decoder struct {
	in     response
	out    []llm.Event
	id     string // of the answer
	finish string // Gemini's reason
	counts usage
	usage  json.Value // the last report that told something new
	named  bool       // the model was told
	spoke  bool       // output was seen
	calls  int

	run      runKind // of the last part
	block    int     // of the run; the one before it is for the thinking that holds the signature of a text
	thoughts int     // blocks of thinking
	signed   bool    // the signature of the run was seen
	joined   bool    // the run is a text that follows thoughts without a signature, which is that of the text
}

// runKind says what the parts of a run are: those that follow each other and are of one kind.
type runKind int

const (
	noRun runKind = iota
	thoughtRun
	textRun
	callRun
)

// documents translates one document, or the list of them that Gemini makes of a stream when it is not asked for server-sent events.
func (d *decoder) documents(call failure.Call, h http.Header, name string, data []byte) ([]llm.Event, error) {
	var list []json.Value
	if json.Kind(data) != '[' || json.UnmarshalForeign(data, &list) != nil {
		return d.decode(call, h, name, data)
	}
	var out []llm.Event
	for _, one := range list {
		events, err := d.decode(call, h, name, one)
		if err != nil {
			return out, err
		}
		out = append(out, events...)
	}
	return out, nil
}

// decode translates one document. The events are valid until the next call.
func (d *decoder) decode(call failure.Call, h http.Header, name string, data []byte) ([]llm.Event, error) {
	d.in = response{Candidates: d.in.Candidates[:0]}
	d.out = d.out[:0]
	if err := json.UnmarshalPiece(data, &d.in); err != nil || d.in.failed() {
		return nil, unusable(call, h, name, data)
	}
	d.report(d.in.UsageMetadata)
	if d.in.ResponseID != "" {
		d.id = d.in.ResponseID
	}
	if !d.named && d.in.ModelVersion != "" {
		d.named = true
		d.event().Model = d.in.ModelVersion
	}
	if len(d.in.Candidates) > 0 {
		return d.out, d.candidate(call, h, name, data)
	}
	if f := d.in.PromptFeedback; f.BlockReason != "" {
		return nil, call.Blocked(f.BlockReason, f.BlockReasonMessage, h)
	}
	return d.out, nil
}

// report takes a report of tokens, nil for none.
func (d *decoder) report(raw json.Value) {
	before := d.counts
	if json.Kind(raw) == '{' && json.UnmarshalForeign(raw, &d.counts) == nil && (d.usage == nil || d.counts != before) {
		d.usage = raw
	}
}

// failed reports whether the document is a failure. An error that says nothing beside an answer is none.
func (r *response) failed() bool {
	return !json.Blank(r.Error) || json.Kind(r.Error) == '{' && len(r.Candidates) == 0 && r.UsageMetadata == nil
}

// event adds an event.
func (d *decoder) event() *llm.Event {
	d.out = append(d.out, llm.Event{})
	return &d.out[len(d.out)-1]
}

func (d *decoder) candidate(call failure.Call, h http.Header, name string, data []byte) error {
	c := &d.in.Candidates[0]
	for i := range c.Content.Parts {
		d.part(&c.Content.Parts[i])
	}
	if json.Kind(c.LogprobsResult) == '{' {
		d.event().LogProbs = c.LogprobsResult
	}
	switch c.FinishReason {
	case "":
		return nil
	case "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL":
		return unusable(call, h, name, data)
	}
	if llm.Filtered(c.FinishReason) && !d.spoke {
		return call.Finished(c.FinishReason, c.FinishMessage, h)
	}
	d.finish = c.FinishReason
	return nil
}

func (d *decoder) part(p *answerPart) {
	switch {
	case p.FunctionCall.Name != "":
		d.begin(callRun)
		e := d.event()
		e.ToolCall, e.Block = d.call(p), d.block
		d.run = noRun // each call is a block
		return
	case p.Thought && p.Text != "":
		d.begin(thoughtRun)
		e := d.event()
		e.Thinking, e.Block = llm.ThinkingDelta{Index: d.thoughts - 1, Text: p.Text}, d.block
	case p.Text != "":
		d.begin(textRun)
		e := d.event()
		e.Text, e.Block = p.Text, d.block
	}
	if p.ThoughtSignature != "" && !d.signed {
		d.sign(p.ThoughtSignature)
	}
}

// begin makes a part of that kind the last one.
func (d *decoder) begin(run runKind) {
	d.spoke = true
	if d.run == run {
		return
	}
	followed := d.run == thoughtRun && run == textRun && !d.signed // the signature of the text belongs to the thoughts before it
	d.run, d.block = run, d.block+2
	if run == thoughtRun {
		d.thoughts++
	}
	d.signed, d.joined = false, followed
}

// sign tells the signature of a run of thoughts, or of a text: as that of the thoughts before it, or of a block without thoughts of its own.
func (d *decoder) sign(signature string) {
	d.signed = true
	e := d.event()
	e.Block = d.block
	if d.run == textRun {
		e.Block -= 2
	}
	if d.run != thoughtRun && !d.joined {
		e.Block = d.block - 1
		d.thoughts++
	}
	e.Thinking = llm.ThinkingDelta{Index: d.thoughts - 1, Signature: signature}
}

func (d *decoder) call(p *answerPart) *llm.ToolCallDelta {
	out := &llm.ToolCallDelta{Index: d.calls, ID: p.FunctionCall.ID, Name: p.FunctionCall.Name, Signature: p.ThoughtSignature}
	d.calls++
	if out.ID == "" {
		out.ID = d.newID(out.Index)
	}
	out.Arguments = llm.ArgumentsOf(p.FunctionCall.Args)
	return out
}

// newID makes up the id of a tool call: unique by the id of the answer, and of letters that other providers take too.
func (d *decoder) newID(index int) string {
	if d.id == "" {
		d.id = rand.Text()[:22]
	}
	return "call_" + d.id + "_" + strconv.Itoa(index)
}

func (d *decoder) portableFinish() llm.FinishReason {
	finish := llm.FinishOf(d.finish)
	if finish == llm.FinishStop && d.calls > 0 {
		return llm.FinishToolCalls
	}
	return finish
}

// portableUsage is what was reported, nil when nothing was. Reports are cumulative.
func (d *decoder) portableUsage() *llm.Usage {
	u := &d.counts
	if !u.Prompt.Told && !u.Candidates.Told {
		return nil
	}
	cached := min(u.Cached.N, u.Prompt.N)
	tier := cmp.Or(u.Tier.V, strings.TrimPrefix(u.Traffic.V, "ON_DEMAND_"))
	return &llm.Usage{
		Tier:  llm.ServiceTier(tier),
		Input: u.Prompt.N - cached + u.ToolUse.N, CachedInput: cached, Output: u.Candidates.N, Reasoning: u.Thoughts.N,
		Known: true, Raw: d.usage,
	}
}
