package agent

import (
	"math"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/trace"
)

// progress is what the metadata of an Agent's Log say under "openloop".
type progress struct {
	Turn  int    `json:"turn"` // that began last, counted from 1; one that is resumed goes on
	Steps []step `json:"steps"`
}

// step is an answer of the model.
type step struct {
	Turn         int            `json:"turn"`
	Provider     string         `json:"provider"`
	Model        string         `json:"model"`
	PromptTokens *int64         `json:"prompt_tokens,omitzero"`
	OutputTokens *int64         `json:"output_tokens,omitzero"`
	ReasonTokens *int64         `json:"reasoning_tokens,omitzero"`
	PromptCost   *float64       `json:"prompt_cost,omitzero"` // US dollars
	OutputCost   *float64       `json:"output_cost,omitzero"`
	Milliseconds int64          `json:"ms"`
	Finish       string         `json:"finish_reason,omitempty"`
	Attempts     []errs.Attempt `json:"attempts,omitempty"` // when there was more than one
}

// progressOf reads the progress of a Log. A Log without any has made no step.
func progressOf(l *trace.Log) progress {
	var p progress
	if json.UnmarshalForeign(json.ObjectOrEmpty(trace.Notes(l.Metadata)), &p) != nil {
		return progress{}
	}
	return p
}

// made is how many steps the turn has made.
func (p *progress) made() int {
	n := 0
	for i := range p.Steps {
		if p.Steps[i].Turn == p.Turn {
			n++
		}
	}
	return n
}

// add adds an answer, as o and its description a tell of it.
func (p *progress) add(o *relay.Outcome, a *trace.Log) {
	p.Steps = append(p.Steps, step{
		Turn: p.Turn, Provider: a.Provider, Model: a.Model, PromptTokens: a.PromptTokens, OutputTokens: a.OutputTokens, ReasonTokens: a.ReasonTokens,
		PromptCost: a.PromptCost, OutputCost: a.OutputCost, Milliseconds: o.Upstream().Milliseconds(), Finish: a.FinishReason, Attempts: a.Attempts,
	})
}

// put writes the progress on a Log, with what all steps took together. What one of them does not know is unknown.
func (p *progress) put(l *trace.Log) {
	raw, err := json.Marshal(p)
	if err != nil { // it always encodes
		return
	}
	l.Metadata = trace.Note(l.Metadata, raw)
	if len(p.Steps) == 0 {
		return
	}
	l.PromptTokens, l.OutputTokens = sum(p.Steps, func(s *step) *int64 { return s.PromptTokens }), sum(p.Steps, func(s *step) *int64 { return s.OutputTokens })
	l.PromptCost, l.OutputCost = dollars(p.Steps, func(s *step) *float64 { return s.PromptCost }), dollars(p.Steps, func(s *step) *float64 { return s.OutputCost })
	l.ReasonTokens, l.Latency = nil, new(float64)
	for i := range p.Steps {
		s := &p.Steps[i]
		*l.Latency += float64(s.Milliseconds) / 1e3
		if s.ReasonTokens == nil { // none, as most models say
			continue
		}
		if l.ReasonTokens == nil {
			l.ReasonTokens = new(int64)
		}
		*l.ReasonTokens += *s.ReasonTokens
	}
	last := &p.Steps[len(p.Steps)-1]
	l.Provider, l.Model = last.Provider, last.Model
}

// dollars is a sum without the errors of floating point.
func dollars(steps []step, of func(*step) *float64) *float64 {
	total := sum(steps, of)
	if total != nil {
		*total = math.Round(*total*1e12) / 1e12
	}
	return total
}

func sum[N int64 | float64](steps []step, of func(*step) *N) *N {
	total := new(N)
	for i := range steps {
		n := of(&steps[i])
		if n == nil {
			return nil
		}
		*total += *n
	}
	return total
}
