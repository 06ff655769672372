package mock

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"iter"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
)

// signer signs the thinking of the mock.
var signer = llm.Signer{Name: Slug}

// thinkScript does what toolsScript does, with thinking before each call and before the text. It fails if thinking comes back that it did not sign.
func thinkScript(r *llm.Request, args []string) (script, error) {
	words := defaultWords
	if args[0] != "" {
		given, ok := numbers(args, 1, maxWords)
		if !ok {
			return script{}, unknownModel(r.Model)
		}
		words = given[0]
	}
	if failure := checkThinking(r); failure != nil {
		return fail(failure), nil
	}
	s := toolsScript(r)
	s.events = thoughtful(s.events, words)
	return s, nil
}

// thoughtful puts thinking before each call of events and before their text.
func thoughtful(events iter.Seq[llm.Event], words int) iter.Seq[llm.Event] {
	return func(yield func(llm.Event) bool) {
		thoughts := 0
		for e := range events {
			if e.ToolCall != nil || thoughts == 0 {
				if !think(thoughts, words, yield) {
					return
				}
				thoughts++
			}
			if e.Block = 2 * thoughts; !yield(e) {
				return
			}
		}
	}
}

// think yields the thinking block at index, and its signature last. It reports whether to go on.
func think(index, words int, yield func(llm.Event) bool) bool {
	text, block := lorem(words), 2*index+1
	for e := range textEvents(text) {
		if !yield(llm.Event{Thinking: llm.ThinkingDelta{Index: index, Text: e.Text}, Block: block}) {
			return false
		}
	}
	return yield(llm.Event{Thinking: llm.ThinkingDelta{Index: index, Signature: signer.Seal(sign(text))}, Block: block})
}

// sign returns the signature of thinking.
func sign(text string) string {
	sum := sha256.Sum256([]byte("thinking of the mock\n" + text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// checkThinking returns the failure of a request with signed thinking of others, or with thinking that was changed since. Thinking without a signature is
// nobody's, and is passed over.
func checkThinking(r *llm.Request) *errs.Error {
	for i := range r.Messages {
		for j, t := range r.Messages[i].Thinking {
			if t.Signature+t.Data != "" && signer.Thinking(&t) != sign(t.Thinking) {
				return invalidSignature(r.Model, fmt.Sprintf("messages.%d.content.%d", i, j))
			}
		}
	}
	return nil
}

// invalidSignature is how Anthropic fails for thinking, at place in the request, that it did not sign.
func invalidSignature(model, place string) *errs.Error {
	e, _ := failureOf(errs.InvalidRequest, model)
	e.Message, e.ProviderCode = place+": Invalid `signature` in `thinking` block", "invalid_request_error"
	return e
}
