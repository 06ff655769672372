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
	pace      time.Duration
	failure   *errs.Error
	failAfter int // chunks before failure
}

const (
	defaultWords = 50
	maxWords     = 100_000
	maxPace      = 10 * time.Second
	cutText      = 1_000 // words that a stream made to break could still send
)

func parseScript(r *llm.Request) (script, error) {
	name, rest, _ := strings.Cut(r.Model, "/")
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
	case "tools":
		return toolsScript(r), nil
	}
	return script{}, unknownModel(r.Model)
}

func unknownModel(model string) *errs.Error {
	return &errs.Error{
		Reason: errs.ModelNotFound, Origin: Display, Provider: Slug, Model: model, ProviderStatus: 404,
		ProviderCode: "model_not_found", Param: "model",
		Message: "The mock provider has no model of this name. Its models are echo, lorem, lorem/WORDS/PACE, error/REASON, error/REASON/CHUNKS, cut/CHUNKS and tools.",
	}
}

func loremScript(r *llm.Request, args []string) (script, error) {
	words, pace := defaultWords, time.Duration(0)
	if args[0] != "" {
		n, err := strconv.Atoi(args[0])
		if err != nil || n < 0 || n > maxWords {
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

func errorScript(r *llm.Request, args []string) (script, error) {
	failure, ok := failureOf(errs.Reason(args[0]), r.Model)
	if !ok {
		return script{}, unknownModel(r.Model)
	}
	s := script{events: textEvents(""), failure: failure}
	if len(args) > 1 {
		return s.breakAfter(r, args[1])
	}
	return s, nil
}

func cutScript(r *llm.Request, args []string) (script, error) {
	failure, _ := failureOf(errs.StreamInterrupted, r.Model)
	return script{failure: failure}.breakAfter(r, args[0])
}

func (s script) breakAfter(r *llm.Request, chunks string) (script, error) {
	n, err := strconv.Atoi(chunks)
	if err != nil || n < 0 || n > cutText {
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
		call := llm.ToolCallDelta{ID: "call_mock", Name: tool, Arguments: argumentsOf(lastUserText(r))}
		return script{events: slices.Values([]llm.Event{{ToolCall: &call}}), finish: llm.FinishToolCalls, words: 1, pace: pace}
	}
	return say(r, text, pace)
}

// say answers with text, as far as the request lets it.
func say(r *llm.Request, text string, pace time.Duration) script {
	words, finish := countWords(text), llm.FinishStop
	if r.MaxTokens > 0 && words > r.MaxTokens {
		text, finish = cutWords(text, r.MaxTokens), llm.FinishLength
		words = r.MaxTokens
	}
	return script{events: textEvents(text), finish: finish, words: words, pace: pace}
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
