// Package chunk reads the common chunk of a streamed chat in one pass, several times as fast as the general JSON decoder. It leaves all
// other chunks to that decoder.
package chunk

import (
	"strings"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/json"
)

// Chunk is the content of a common chunk: one choice with a piece of text or reasoning, or with a finish reason.
type Chunk struct {
	Model     []byte // shares memory with the data
	Content   string
	Reasoning string
	Finish    string
}

// Scanner reads common chunks. The zero Scanner is ready to use. One Scanner serves all chunks of a stream, but not several goroutines at
// once.
//
// Every unexported method reports false at anything that a common chunk does not hold. The Scanner then gives up the chunk.
type Scanner struct {
	in   []byte
	at   int
	seen int // members already read; a second member of the same name ends the scan
	out  Chunk
}

// Scan reports whether data is a common chunk. It returns false for everything else, valid or not: tool calls, usage, failures, several
// choices, unusual spellings of JSON. The Chunk is valid until the next call.
func (s *Scanner) Scan(data []byte) (*Chunk, bool) {
	*s = Scanner{in: data}
	ok := s.object(s.top)
	s.space()
	return &s.out, ok && s.at == len(data) && s.seen&sawChoice != 0
}

// Bits of Scanner.seen.
const (
	sawChoice = 1 << iota
	sawModel
	sawDelta
	sawContent
	sawReasoning
	sawFinish
)

func (s *Scanner) first(bit int) bool {
	fresh := s.seen&bit == 0
	s.seen |= bit
	return fresh
}

func (s *Scanner) top(name []byte) bool {
	switch string(name) {
	case "choices":
		return s.first(sawChoice) && s.take('[') && s.object(s.choice) && s.take(']')
	case "model":
		var ok bool
		s.out.Model, ok = s.plain()
		return ok && s.first(sawModel)
	case "usage", "error":
		return s.null()
	case "service_tier":
		return s.ordinaryTier()
	case "message", "response", "done", "done_reason", "prompt_eval_count", "eval_count", // Ollama's own form
		"x_groq":
		return false
	default:
		return s.skip(maxSkip)
	}
}

func (s *Scanner) choice(name []byte) bool {
	switch string(name) {
	case "index":
		return s.take('0') && !s.digit()
	case "delta":
		return s.first(sawDelta) && s.object(s.delta)
	case "finish_reason":
		return s.first(sawFinish) && s.text(&s.out.Finish) && !strings.EqualFold(s.out.Finish, "error")
	case "logprobs", "message", "usage":
		return s.null()
	case "text":
		_, ok := s.plain()
		return ok || s.null()
	default:
		return s.skip(maxSkip)
	}
}

func (s *Scanner) delta(name []byte) bool {
	switch string(name) {
	case "content":
		return s.first(sawContent) && s.text(&s.out.Content)
	case "reasoning_content":
		return s.first(sawReasoning) && s.text(&s.out.Reasoning)
	case "reasoning", "thinking", "refusal", "tool_calls", "function_call":
		return s.null()
	case "reasoning_details":
		return s.take('[') && s.take(']')
	default:
		return s.skip(maxSkip)
	}
}

// ordinaryTier reads a service tier that has no rates of its own.
func (s *Scanner) ordinaryTier() bool {
	s.space()
	if s.at < len(s.in) && s.in[s.at] == 'n' {
		return s.null()
	}
	tier, ok := s.plain()
	return ok && (string(tier) == "default" || string(tier) == "auto" || string(tier) == "on_demand")
}

// object reads an object, calling member with each name when its value is next.
func (s *Scanner) object(member func(name []byte) bool) bool {
	if !s.take('{') {
		return false
	}
	if s.take('}') {
		return true
	}
	for {
		name, ok := s.plain()
		if !ok || !s.take(':') || !member(name) {
			return false
		}
		if s.take('}') {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
}

func (s *Scanner) space() {
	for s.at < len(s.in) {
		switch s.in[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// take skips space and reads c.
func (s *Scanner) take(c byte) bool {
	s.space()
	if s.at == len(s.in) || s.in[s.at] != c {
		return false
	}
	s.at++
	return true
}

// digit reports whether a number goes on.
func (s *Scanner) digit() bool {
	if s.at == len(s.in) {
		return false
	}
	c := s.in[s.at]
	return c >= '0' && c <= '9' || c == '.' || c == 'e' || c == 'E'
}

func (s *Scanner) null() bool { return s.literal("null") }

func (s *Scanner) literal(word string) bool {
	s.space()
	if len(s.in)-s.at < len(word) || string(s.in[s.at:s.at+len(word)]) != word {
		return false
	}
	s.at += len(word)
	return true
}

// quoted reads a string and returns what is between its quotes, and whether it holds escapes.
func (s *Scanner) quoted() (inner []byte, escaped, ok bool) {
	if !s.take('"') {
		return nil, false, false
	}
	start, wide := s.at, false
	for ; s.at < len(s.in); s.at++ {
		switch c := s.in[s.at]; {
		case c == '"':
			inner = s.in[start:s.at]
			s.at++
			return inner, escaped, !wide || utf8.Valid(inner)
		case c == '\\':
			escaped = true
			s.at++
		case c < ' ':
			return nil, false, false
		case c >= utf8.RuneSelf:
			wide = true
		}
	}
	return nil, false, false
}

// plain reads a string without escapes.
func (s *Scanner) plain() ([]byte, bool) {
	inner, escaped, ok := s.quoted()
	return inner, ok && !escaped
}

// text reads a string or null.
func (s *Scanner) text(out *string) bool {
	if s.null() {
		return true
	}
	s.space()
	start := s.at
	inner, escaped, ok := s.quoted()
	if !ok {
		return false
	}
	if escaped {
		return json.UnmarshalPiece(s.in[start:s.at], out) == nil
	}
	*out = string(inner)
	return true
}

const maxSkip = 8 // levels

// skip reads any value that is nested at most depth levels.
func (s *Scanner) skip(depth int) bool {
	s.space()
	if s.at == len(s.in) || depth == 0 {
		return false
	}
	switch s.in[s.at] {
	case '"':
		_, ok := s.plain()
		return ok
	case '{':
		return s.object(func([]byte) bool { return s.skip(depth - 1) })
	case '[':
		return s.list(depth - 1)
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.null()
	default:
		return s.integer()
	}
}

func (s *Scanner) list(depth int) bool {
	s.at++
	if s.take(']') {
		return true
	}
	for s.skip(depth) {
		if s.take(']') {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
	return false
}

// integer reads a whole number that is not negative.
func (s *Scanner) integer() bool {
	start := s.at
	for s.at < len(s.in) && s.in[s.at] >= '0' && s.in[s.at] <= '9' {
		s.at++
	}
	n := s.at - start
	return n > 0 && (n == 1 || s.in[start] != '0') && !s.digit()
}
