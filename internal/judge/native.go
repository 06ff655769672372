package judge

import (
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/trace"
)

// measured returns what the code of a preset returns for a Log, computed from the record alone. code is that of an Evaluator in
// [file.NativePool].
func measured(code string, l *trace.Log) json.Value {
	switch code {
	case file.PresetEvaluator("Cost").Code:
		return sum(l.PromptCost, l.OutputCost)
	case file.PresetEvaluator("Tokens").Code:
		return sum(l.PromptTokens, l.OutputTokens)
	default:
		return latency(l)
	}
}

// sum is null if nothing is known.
func sum[N int64 | float64](parts ...*N) json.Value {
	var total N
	known := false
	for _, p := range parts {
		if p != nil {
			total, known = total+*p, true
		}
	}
	if !known {
		return json.Value("null")
	}
	return number(float64(total))
}

// latency is the time between start and end in seconds, or else how long the provider took.
func latency(l *trace.Log) json.Value {
	switch {
	case !l.StartTime.IsZero() && !l.EndTime.IsZero():
		took := l.EndTime.Truncate(time.Microsecond).Sub(l.StartTime.Truncate(time.Microsecond))
		return number(float64(took.Microseconds()) / 1e6)
	case l.Latency != nil:
		return number(*l.Latency)
	default:
		return json.Value("null")
	}
}

// number is the JSON of a finite number.
func number(f float64) json.Value {
	raw, err := json.Marshal(f)
	if err != nil {
		return json.Value("null")
	}
	return raw
}
