package openai

import (
	"openloop/internal/json"
	"openloop/internal/llm"
)

const (
	doneMarker    = "[DONE]"
	blockedReason = string(llm.FinishContentFilter)
)

func isDone(data []byte) bool { return string(data) == doneMarker }

// tail gathers what ends a streamed chat or completion. The zero tail has seen nothing.
type tail struct {
	done   bool // the end marker was seen
	seen   bool // a choice was seen
	spoke  bool // output was seen
	reason llm.FinishReason
	tokens *llm.Usage
}

// finish takes a finish reason, "" for none, after the output that came with it.
func (t *tail) finish(reason string) error {
	if reason == "" {
		return nil
	}
	if unusable(reason) {
		return errUnusable
	}
	t.reason = finishReason(reason)
	if t.reason == llm.FinishContentFilter && !t.spoke {
		return errBlocked
	}
	return nil
}

// usage takes a usage, which may be unknown.
func (t *tail) usage(u llm.Usage) {
	if u.Known {
		t.tokens = &u
	}
}

// last implements [decoder].
func (t *tail) last() (llm.Event, error) {
	e := llm.Event{Finish: t.reason, Usage: t.tokens}
	switch {
	case !t.done && t.reason == "":
		return e, errCut
	case !t.seen:
		return e, errUnusable
	default:
		return e, nil
	}
}

// finishReason is the portable finish reason of a provider's. One that has no portable name is passed on.
func finishReason(s string) llm.FinishReason {
	switch s {
	case "stop":
		return llm.FinishStop
	case "length":
		return llm.FinishLength
	case "tool_calls", "function_call":
		return llm.FinishToolCalls
	case blockedReason:
		return llm.FinishContentFilter
	default:
		return llm.FinishReason(s)
	}
}

// unusable reports whether a finish reason says that the call failed.
func unusable(reason string) bool { return reason == "error" }

// present reports whether a member is there and not null.
func present(v json.Value) bool {
	k := json.Kind(v)
	return k != 0 && k != 'n'
}
