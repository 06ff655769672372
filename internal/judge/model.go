package judge

import (
	"context"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judge/verdict"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/trace"
)

// ask lets the model of the Evaluator judge.
func (c *judging) ask(ctx context.Context, evaluator *file.Snapshot) error {
	if err := c.judgeable(); err != nil {
		return err
	}
	p, err := c.o.Catalog.Open(ctx, *evaluator)
	if err != nil {
		return err
	}
	inputs, err := c.bind(ctx, p.Compiled)
	if err != nil {
		return err
	}
	request, err := p.Request(ctx, inputs, nil)
	if err != nil {
		return unbound(err)
	}
	request.Tools = p.Tools()
	t := &talk{judging: c, prompt: p, request: request}
	return t.judge(ctx)
}

// judgeable refuses a Log that shows nothing of what a model would judge, and an Evaluator without a model.
func (c *judging) judgeable() error {
	p := &c.log.Payload
	switch {
	case c.evaluator.Prompt == nil:
		return errs.New(errs.EvaluatorInvalid, "The Evaluator has no Prompt, so there is no model to ask.")
	case c.log.PayloadDropped:
		return errs.New(errs.NothingToJudge, "The Log was stored without its inputs and its output, so there is nothing to judge.")
	case c.log.Error != nil && p.Output == nil && p.OutputMessage == nil:
		return errs.New(errs.NothingToJudge, "The Log has an error and no output, so there is nothing to judge.")
	default:
		return nil
	}
}

// unbound says of an error of missing inputs what the template wants.
func unbound(err error) error {
	if !errs.Is(err, errs.MissingInputs) {
		return err
	}
	e := errs.From(err)
	names := make([]string, 0, len(e.Violations))
	for _, v := range e.Violations {
		names = append(names, v.Param)
	}
	return e.With(func(e *errs.Error) {
		e.Message = "The template names what neither the Log nor its datapoint has: " + strings.Join(names, ", ") + "."
	})
}

// talk is the conversation with a model about one Log. It is recorded as one Log, whatever it takes.
type talk struct {
	*judging
	prompt   *catalog.Prompt
	request  llm.Request
	floor    verdict.Method                   // the surest that is still tried
	methods  map[file.Fallback]verdict.Method // by which each model was asked last
	asked    verdict.Method                   // by which the last answer was asked for
	attempts []errs.Attempt
}

// judge asks for a judgment, and once more if the answer has none.
func (t *talk) judge(ctx context.Context) error {
	v, err := t.turn(ctx)
	if err != nil {
		return err
	}
	if !v.Found {
		t.insist()
		if v, err = t.turn(ctx); err != nil {
			return err
		}
	}
	if !v.Found {
		t.out.Payload.Output = &v.Text
		return errs.New(errs.JudgmentUnreadable, "The answer of the model holds no judgment that can be read: it should be %s.", verdict.Wanted(t.evaluator))
	}
	t.conclude(given{judgment: v.Judgment, reasoning: v.Reasoning, metadata: t.out.Metadata})
	return nil
}

// turn asks once, and reads the answer. What a provider refuses for the method is asked for by the next one.
func (t *talk) turn(ctx context.Context) (verdict.Verdict, error) {
	for {
		outcome, err := t.generate(ctx)
		if outcome == nil {
			return verdict.Verdict{}, err
		}
		used := t.methods[file.Fallback{Provider: outcome.Provider(), Model: outcome.Model()}]
		if err != nil && used < verdict.ByText && verdict.Refused(err) {
			t.floor = used + 1
			continue
		}
		if err != nil {
			return verdict.Verdict{}, err
		}
		t.asked = used
		v := verdict.Read(t.evaluator, &outcome.Response.Message, used)
		return v, t.name(outcome, v.Method)
	}
}

// generate asks the models of the Prompt, and adds the outcome to the Log. There is no outcome if nobody can be asked.
func (t *talk) generate(ctx context.Context) (*relay.Outcome, error) {
	p := &t.prompt.Content
	t.methods = map[file.Fallback]verdict.Method{}
	plan, err := t.o.Relay.Plan(ctx, &relay.Question{
		Request: t.request, Model: file.Fallback{Provider: p.Provider, Model: p.Model}, Fallbacks: p.Fallbacks, Retries: p.MaxRetries,
		Fit: t.fit,
	})
	if err != nil {
		return nil, err
	}
	asked := t.o.Now()
	outcome := t.o.Relay.Generate(ctx, plan)
	t.o.Relay.Observe(outcome, asked, "")
	return outcome, t.add(ctx, outcome)
}

// fit implements [relay.Question.Fit].
func (t *talk) fit(provider string, can llm.Abilities, r *llm.Request) {
	m := verdict.Surest(t.floor, can, r)
	t.methods[file.Fallback{Provider: provider, Model: r.Model}] = m
	m.Shape(t.evaluator, r)
}

// add writes an outcome on the Log: the answer in place of an earlier one, and what it took on top of that.
func (t *talk) add(ctx context.Context, o *relay.Outcome) error {
	turn := trace.Log{ID: t.out.ID}
	err := o.Describe(ctx, &turn)
	if relay.Cancelled(err) {
		return err
	}
	l := t.out
	t.attempts = append(t.attempts, o.Attempts...)
	if len(t.attempts) > 1 {
		l.Attempts = t.attempts
	}
	l.Payload, l.FinishReason = turn.Payload, turn.FinishReason
	l.Latency = plus(l.Latency, turn.Latency)
	if err != nil && o.Response == nil {
		return err
	}
	l.Provider, l.Model = o.Provider(), o.Model()
	if err != nil {
		return err
	}
	l.Usage = l.Usage.Plus(turn.Usage)
	l.PromptTokens, l.OutputTokens, l.ReasonTokens = plus(l.PromptTokens, turn.PromptTokens), plus(l.OutputTokens, turn.OutputTokens), plus(l.ReasonTokens, turn.ReasonTokens)
	l.PromptCost, l.OutputCost = plus(l.PromptCost, turn.PromptCost), plus(l.OutputCost, turn.OutputCost)
	return nil
}

// plus adds what is known.
func plus[N int64 | float64](a, b *N) *N {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	sum := *a + *b
	return &sum
}

// insist makes the request ask again, after an answer that holds no judgment in the form that was asked for.
func (t *talk) insist() {
	answer := ""
	if m := t.out.Payload.OutputMessage; m != nil {
		answer = verdict.Said(m)
	}
	sentence := "Your answer holds no judgment that can be read. Answer again in the same form. The judgment must be " + verdict.Wanted(t.evaluator) + "."
	if t.asked == verdict.ByText {
		sentence = "Your answer holds no judgment that can be read. Answer again, and end with a line that is only the judgment: " + verdict.Wanted(t.evaluator) + "."
	}
	if t.request.Endpoint == llm.Complete {
		t.request.Prompt += answer + "\n\n" + sentence + "\n"
		return
	}
	t.request.Messages = slices.Clone(t.request.Messages)
	if !llm.IsBlank(answer) {
		t.request.Messages = append(t.request.Messages, llm.Message{Role: llm.Assistant, Content: llm.Text(answer)})
	}
	t.request.Messages = append(t.request.Messages, llm.Message{Role: llm.User, Content: llm.Text(sentence)})
}

// name keeps in the metadata who judged, and how the judgment was had.
func (t *talk) name(o *relay.Outcome, m verdict.Method) error {
	type judge struct {
		Provider string `json:"provider"`
		Model    string `json:"model"`
		Method   string `json:"method"`
	}
	raw, err := json.Marshal(map[string]map[string]judge{"openloop": {"judge": {o.Provider(), o.Model(), m.String()}}})
	t.out.Metadata = raw
	return errs.Wrap("judge.name", err)
}
