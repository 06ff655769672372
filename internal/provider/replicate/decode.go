package replicate

import (
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// done reports whether nothing will be added to p.
func (p *prediction) done() bool {
	return p.Status == "succeeded" || p.Status == "failed" || p.stopped() || p.CompletedAt != ""
}

// stopped reports whether somebody ended p before its end.
func (p *prediction) stopped() bool { return p.Status == "canceled" || p.Status == "aborted" }

// failed is the failure of a prediction that is done, nil for none.
func (s *session) failed(p *prediction) error {
	if p.stopped() {
		return s.call.Cut(p.header).With(func(e *errs.Error) {
			e.ProviderCode, e.Message = p.Status, s.call.Vendor.Display+" stopped the prediction before the answer was complete: it was "+p.Status+"."
		})
	}
	if e := s.call.Success(p.header, p.raw); e != nil {
		return e
	}
	return nil
}

// response is the answer of a prediction that is done.
func (p *prediction) response(maxTokens int) *llm.Response {
	out := &llm.Response{
		Message: llm.Message{Role: llm.Assistant, Content: llm.Text(json.JoinHalves(text(p.Output)))},
		Finish:  llm.FinishReason(p.Status), Model: p.Model,
	}
	if u := p.usage(); u != nil {
		out.Usage = *u
	}
	if p.Status == "succeeded" {
		out.Finish = finish(out.Usage, maxTokens)
	}
	return out
}

// finish is why a model stopped, which Replicate does not tell.
func finish(u llm.Usage, maxTokens int) llm.FinishReason {
	if maxTokens > 0 && u.Output >= int64(maxTokens) {
		return llm.FinishLength
	}
	return llm.FinishStop
}

// usage is nil when no tokens are counted.
func (p *prediction) usage() *llm.Usage {
	var m metrics
	if json.Kind(p.Metrics) != '{' || json.UnmarshalForeign(p.Metrics, &m) != nil || !m.Input.Told || !m.Output.Told {
		return nil
	}
	return &llm.Usage{Input: m.Input.N, Output: m.Output.N, Known: true, Raw: p.Metrics}
}

// text is an output: a text, the pieces of one, or for anything else its JSON.
func text(output json.Value) string {
	switch json.Kind(output) {
	case 0, 'n':
		return ""
	case '"':
		var s string
		_ = json.UnmarshalPiece(output, &s) // it is a string
		return s
	case '[':
		var list []json.Value
		_ = json.UnmarshalPiece(output, &list) // it is a list
		var out strings.Builder
		for _, piece := range list {
			if json.Kind(piece) == '[' { // models do not nest lists, and foreign bytes must not
				continue
			}
			out.WriteString(text(piece))
		}
		return out.String()
	default:
		_ = output.Compact() // what cannot be compacted stays as it is
		return string(output)
	}
}
