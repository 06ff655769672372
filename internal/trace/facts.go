package trace

import (
	"cmp"

	"github.com/openloop-server/openloop/internal/errs"
)

// rowText is how many characters of a text a row shows.
const rowText = 200

// Begin returns the beginning of a text as rows show it.
func Begin(text string) string {
	n := 0
	for i := range text {
		if n == rowText {
			return text[:i]
		}
		n++
	}
	return text
}

// Of returns the fact of l, "" if it is not known.
func (f Fact) Of(l *Log) string {
	switch f {
	case FactProvider:
		return l.Provider
	case FactModel:
		return l.Model
	case FactEnvironment:
		return cmp.Or(l.DeployedEnvironment, l.Environment)
	case FactStatus:
		return string(l.RowStatus())
	case FactFinish:
		return l.FinishReason
	case FactUser:
		return l.User
	case FactSource:
		return l.Source
	case FactKey:
		return l.CreatedBy
	case FactRun:
		return l.RunID
	case FactRequest:
		return l.RequestID
	default:
		return f.ofFailure(l.Detail)
	}
}

func (f Fact) ofFailure(d *errs.Detail) string {
	switch {
	case d == nil:
		return ""
	case f == FactOrigin:
		return d.Origin
	case f == FactReason:
		return string(d.Reason)
	case f == FactFault:
		return string(d.Reason.ClassOf(d.Origin))
	default:
		return ""
	}
}

// Of returns the amount of l, nil if it is not known.
func (a Amount) Of(l *Log) *float64 {
	switch a {
	case Cost:
		return sum(l.PromptCost, l.OutputCost)
	case Tokens:
		if n := sum(l.PromptTokens, l.OutputTokens); n != nil {
			return new(float64(*n))
		}
		return nil
	default:
		return l.Latency
	}
}

// sum adds what is known, nil if nothing is.
func sum[T int64 | float64](a, b *T) *T {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	default:
		return new(*a + *b)
	}
}
