package mock

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// script is what a call will do: its output, then perhaps a failure.
type script struct {
	events    iter.Seq[llm.Event] // made as they are sent, so that a long text costs no more than itself
	finish    llm.FinishReason
	words     int
	usage     *llm.Usage    // nil: words are counted
	first     time.Duration // before the first event
	pace      time.Duration // before each other
	failure   *errs.Error
	failAfter int // chunks before failure
}

const (
	defaultWords = 50
	maxWords     = 100_000
	maxPace      = 10 * time.Second
	maxMillis    = 600_000
	maxTokens    = 1_000_000_000
	cutText      = 1_000 // words that a stream made to break could still send
	refusal      = "I'm sorry, but I can't help with that."
)

func parseScript(r *llm.Request) (script, error) {
	name, rest, _ := strings.Cut(strings.TrimPrefix(r.Model, nativePrefix), "/")
	args := strings.Split(rest, "/")
	switch name {
	case "echo":
		return speak(r, lastUserText(r), 0), nil
	case "lorem":
		return loremScript(r, args)
	case "error":
		return errorScript(r, args)
	case "cut":
		return cutScript(r, args)
	case "slow":
		return slowScript(r, args)
	case "think":
		return thinkScript(r, args)
	case "usage":
		return usageScript(r, args)
	case "tools":
		return toolsScript(r), nil
	case "json":
		return jsonScript(r), nil
	case "agent":
		return agentScript(r), nil
	case "refuse":
		return refuseScript(r), nil
	}
	return script{}, unknownModel(r.Model)
}

func unknownModel(model string) *errs.Error {
	return &errs.Error{
		Reason: errs.ModelNotFound, Origin: Display, Provider: Slug, Model: model, ProviderStatus: 404,
		ProviderCode: "model_not_found", Param: "model",
		Message: "The mock provider has no model of this name. Its models are echo, lorem, lorem/WORDS/PACE, slow/FIRST/PACE, tools, think, think/WORDS, json, agent, refuse, " +
			"usage/IN/CACHED/OUT, error/REASON, error/REASON/CHUNKS, cut/CHUNKS, and native/MODEL of each, and for embeddings embed/DIMS.",
	}
}

func loremScript(r *llm.Request, args []string) (script, error) {
	words, pace := defaultWords, time.Duration(0)
	if args[0] != "" {
		n, ok := number(args[0], maxWords)
		if !ok {
			return script{}, unknownModel(r.Model)
		}
		words = n
	}
	if len(args) > 1 {
		d, err := time.ParseDuration(args[1])
		if err != nil || d < 0 || d > maxPace {
			return script{}, unknownModel(r.Model)
		}
		pace = d
	}
	return speak(r, lorem(words), pace), nil
}

func slowScript(r *llm.Request, args []string) (script, error) {
	waits, ok := numbers(args, 2, maxMillis)
	if !ok {
		return script{}, unknownModel(r.Model)
	}
	s := speak(r, lorem(defaultWords), time.Duration(waits[1])*time.Millisecond)
	s.first = time.Duration(waits[0]) * time.Millisecond
	return s, nil
}

func usageScript(r *llm.Request, args []string) (script, error) {
	counts, ok := numbers(args, 3, maxTokens)
	if !ok {
		return script{}, unknownModel(r.Model)
	}
	s := speak(r, lastUserText(r), 0)
	s.usage = &llm.Usage{Input: int64(counts[0]), CachedInput: int64(counts[1]), Output: int64(counts[2]), Known: true}
	return s, nil
}

func refuseScript(r *llm.Request) script {
	s := say(r, refusal, 0)
	said := s.events
	s.finish, s.events = llm.FinishContentFilter, func(yield func(llm.Event) bool) {
		for e := range said {
			if e.Refusal = true; !yield(e) {
				return
			}
		}
	}
	return s
}

// numbers reads n numbers from 0 to most.
func numbers(args []string, n, most int) (out []int, ok bool) {
	for _, a := range args {
		v, ok := number(a, most)
		if !ok {
			return nil, false
		}
		out = append(out, v)
	}
	return out, len(out) == n
}

func number(text string, most int) (n int, ok bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0 && n <= most
}

func errorScript(r *llm.Request, args []string) (script, error) {
	failure, ok := failureOf(errs.Reason(args[0]), r.Model)
	if !ok {
		return script{}, unknownModel(r.Model)
	}
	if len(args) > 1 {
		return script{failure: failure}.breakAfter(r, args[1])
	}
	return fail(failure), nil
}

// fail fails before any output.
func fail(failure *errs.Error) script { return script{events: textEvents(""), failure: failure} }

func cutScript(r *llm.Request, args []string) (script, error) {
	failure, _ := failureOf(errs.StreamInterrupted, r.Model)
	return script{failure: failure}.breakAfter(r, args[0])
}

func (s script) breakAfter(r *llm.Request, chunks string) (script, error) {
	n, ok := number(chunks, cutText)
	if !ok {
		return script{}, unknownModel(r.Model)
	}
	s.failAfter = n
	s.failure = s.failure.With(func(e *errs.Error) { e.PartialOutput = n > 0 })
	s.events = textEvents(lorem(cutText))
	return s, nil
}

// speak answers with text, or with the tool call that the request forces.
func speak(r *llm.Request, text string, pace time.Duration) script {
	if tool := forcedTool(r); tool != "" {
		return callOne(tool, argumentsOf(lastUserText(r)), pace)
	}
	return say(r, text, pace)
}

// callOne answers with a forced call.
func callOne(tool, arguments string, pace time.Duration) script {
	call := llm.ToolCallDelta{ID: "call_mock", Name: tool, Arguments: arguments}
	return script{events: slices.Values([]llm.Event{{ToolCall: &call}}), finish: llm.FinishToolCalls, words: 1, first: pace, pace: pace}
}

// say answers with text, as far as the request lets it.
func say(r *llm.Request, text string, pace time.Duration) script {
	words, finish := countWords(text), llm.FinishStop
	if r.MaxTokens > 0 && words > r.MaxTokens {
		text, finish = cutWords(text, r.MaxTokens), llm.FinishLength
		words = r.MaxTokens
	}
	return script{events: textEvents(text), finish: finish, words: words, first: pace, pace: pace}
}

// cutWords is the start of text that holds n words.
func cutWords(text string, n int) string {
	seen, inWord := 0, false
	for i, c := range text {
		space := c == ' ' || c == '\n' || c == '\t' || c == '\r'
		if inWord && space {
			if seen == n {
				return text[:i]
			}
		} else if !inWord && !space {
			seen++
		}
		inWord = !space
	}
	return text
}

// textEvents splits text into one event a word; together they are the text.
func textEvents(text string) iter.Seq[llm.Event] {
	return func(yield func(llm.Event) bool) {
		for piece := range strings.SplitAfterSeq(text, " ") {
			if piece != "" && !yield(llm.Event{Text: piece}) {
				return
			}
		}
	}
}

func countWords(text string) (n int) {
	for range strings.FieldsSeq(text) {
		n++
	}
	return n
}

func lastUserText(r *llm.Request) string {
	for _, m := range slices.Backward(r.Messages) {
		if m.Role == llm.User {
			return m.Content.String()
		}
	}
	return r.Prompt
}

func forcedTool(r *llm.Request) string {
	switch {
	case r.ToolChoice.Mode == llm.ToolsFunction:
		return r.ToolChoice.Function
	case r.ToolChoice.Mode == llm.ToolsRequired && len(r.Tools) > 0:
		return r.Tools[0].Name
	default:
		return ""
	}
}

func argumentsOf(text string) string {
	if isObject(text) {
		return text
	}
	return `{"input":` + string(json.AppendString(nil, text)) + `}`
}

const loremWords = "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua"

// lorem is a text of n words.
func lorem(n int) string {
	words := strings.Fields(loremWords)
	out := make([]string, n)
	for i := range out {
		out[i] = words[i%len(words)]
	}
	return strings.Join(out, " ")
}
