package llmtest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/llm"
)

// Wire stands in for a provider that is as strict about the history of a call as its documentation says. It answers with text, reasoning
// and two tool calls. Signature signs its Reason, and CallSignature its first call, if the wire has a place for them.
type Wire struct {
	Model                    string // the model that the rules are for; "" for any
	Signer                   string // whose bare values it takes: "anthropic", "google", "openai" or "openrouter"; "" for none
	Reason                   string
	Signature, CallSignature string
	IDs                      [2]string // ids of the two calls

	form form
}

// form says how a wire reads requests and writes answers.
type form struct {
	rules rules
	read  func(body []byte) (history, error)
	whole func(w *Wire) string
	// stream returns the answer as server-sent events. For a wire of frames it returns the notation of the fixtures.
	stream func(w *Wire) string
	frames bool
}

// Text is the text in the answer of every Wire.
const Text = "I look."

// Answer returns the body of an answer and its content type.
func (w *Wire) Answer(stream bool) (contentType string, body []byte) {
	switch {
	case !stream:
		return "application/json", []byte(w.form.whole(w))
	case w.form.frames:
		return "application/vnd.amazon.eventstream", framesOf([]byte(w.form.stream(w)))
	default:
		return "text/event-stream", []byte(w.form.stream(w))
	}
}

// Read reads the body of a request. It returns the signatures in it, and an error that says what the provider would refuse.
func (w *Wire) Read(body []byte) (signatures []string, err error) {
	h, err := w.form.read(body)
	if err != nil {
		return nil, err
	}
	return h.signatures(), w.form.rules.check(h)
}

// history is the part of a request that the rules apply to.
type history struct {
	turns []turn
	tools int // number of tools offered
}

type turn struct {
	role  string
	parts []spoken
}

// listed is a message on a wire whose content is a list.
type listed[B any] struct {
	Role    string `json:"role"`
	Content []B    `json:"content"`
	Parts   []B    `json:"parts"` // Gemini's name for content
}

// turnsOf converts the messages of a chat into turns.
func turnsOf[B any](chat []listed[B], speak func(*B) spoken) []turn {
	var out []turn
	for i := range chat {
		t := turn{role: chat[i].Role}
		for _, b := range append(chat[i].Content, chat[i].Parts...) {
			t.parts = append(t.parts, speak(&b))
		}
		out = append(out, t)
	}
	return out
}

// spoken is a piece of a turn.
type spoken struct {
	kind          kind
	text          string
	id, signature string
}

type kind string

const (
	text   kind = "text"
	reason kind = "reasoning"
	call   kind = "call"
	result kind = "result"
	image  kind = "image"
)

// rules are what a wire demands of a history.
type rules struct {
	ids         *regexp.Regexp // for ids of calls; nil for any
	noIDs       bool           // calls are identified by their names
	alternates  bool           // no two turns of one role in a row
	needsTools  bool           // a chat with calls must offer tools
	needsText   bool           // no text may be white space
	needsResult bool           // no result may be empty
	signed      bool           // reasoning must carry a signature
	firstSigned bool           // the first call of a turn must carry a signature
	ordered     bool           // results must be in the order of their calls
}

func (h *history) signatures() []string {
	var out []string
	for _, t := range h.turns {
		for _, p := range t.parts {
			if p.signature != "" {
				out = append(out, p.signature)
			}
		}
	}
	return out
}

func (r *rules) check(h history) error {
	seen := map[string]bool{}
	for i, t := range h.turns {
		if err := r.checkTurn(t, seen); err != nil {
			return fmt.Errorf("turn %d (%s): %w", i, t.role, err)
		}
		if r.alternates && i > 0 && h.turns[i-1].role == t.role {
			return fmt.Errorf("turns %d and %d are both of the %s", i-1, i, t.role)
		}
		if calls := t.ids(call); len(calls) > 0 {
			if err := r.checkResults(calls, h.turns[min(i+1, len(h.turns)-1)]); err != nil {
				return err
			}
		}
	}
	if len(seen) > 0 && r.needsTools && h.tools == 0 {
		return fmt.Errorf("the history has calls of tools, but no tools are offered")
	}
	if last := h.turns[len(h.turns)-1]; r.needsText && last.role == "assistant" {
		if p := last.parts[len(last.parts)-1]; p.kind == text && p.text != llm.TrimEnd(p.text) {
			return fmt.Errorf("the last answer ends with white space")
		}
	}
	return nil
}

func (r *rules) checkTurn(t turn, seen map[string]bool) error {
	if len(t.parts) == 0 {
		return fmt.Errorf("it says nothing")
	}
	for i, p := range t.parts {
		switch {
		case p.kind == text && r.needsText && llm.IsBlank(p.text):
			return fmt.Errorf("a text is white space: %q", p.text)
		case p.kind == result && r.needsResult && llm.IsBlank(p.text):
			return fmt.Errorf("a result is empty")
		case p.kind == reason && r.signed && p.signature == "":
			return fmt.Errorf("reasoning has no signature")
		case p.kind == call:
			if err := r.checkCall(p, t.parts[:i], seen); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkCall checks a call that follows the parts before of its turn.
func (r *rules) checkCall(p spoken, before []spoken, seen map[string]bool) error {
	switch {
	case r.ids != nil && !r.ids.MatchString(p.id):
		return fmt.Errorf("the id %q does not match %s", p.id, r.ids)
	case seen[p.id] && !r.noIDs:
		return fmt.Errorf("the id %q is there twice", p.id)
	case r.firstSigned && p.signature == "" && !slices.ContainsFunc(before, func(q spoken) bool { return q.kind == call }):
		return fmt.Errorf("the first call has no signature")
	}
	seen[p.id] = true
	return nil
}

func (r *rules) checkResults(calls []string, next turn) error {
	results := next.ids(result)
	if !r.ordered {
		slices.Sort(calls)
		slices.Sort(results)
	}
	if !slices.Equal(calls, results) {
		return fmt.Errorf("the calls %v are answered by the results %v", calls, results)
	}
	for i, p := range next.parts {
		if p.kind == result && i >= len(results) {
			return fmt.Errorf("a result does not stand at the beginning of its turn")
		}
	}
	return nil
}

// ids returns the ids of the parts of kind k.
func (t *turn) ids(k kind) []string {
	var out []string
	for _, p := range t.parts {
		if p.kind == k {
			out = append(out, p.id)
		}
	}
	return out
}

// sse writes events without names, one line each.
func sse(events ...string) string { return "data: " + strings.Join(events, "\n\ndata: ") + "\n\n" }
