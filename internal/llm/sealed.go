package llm

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// sealMark begins every value that a [Signer] sealed: "ol1.google.EpwICpkI…" was signed by Google.
const sealMark = "ol1."

// Signer is a vendor that signs or encrypts reasoning so that only this vendor can verify it: the signatures and data of thinking blocks,
// and the signatures of tool calls. Clients see such a value with the name of its signer in front. So a conversation can move between
// providers through any client: a value goes back to its own signer byte for byte, and to nobody else.
//
// Claude's signatures are the exception. Clients see them bare, as in Humanloop's contract, whichever cloud serves Claude.
type Signer struct {
	Name string // the provider's slug; for [Claude] the name of the family
	Bare Shape  // shape of its values without a name in front, which come from conversations kept by other means
}

// Claude signs Claude's reasoning on Anthropic, Amazon Bedrock and Google Vertex AI. Each of them accepts what the others signed.
var Claude = Signer{Name: "anthropic", Bare: ClaudeShape}

// Shape is the form in which a vendor writes what it signs. It tells whose a bare value is.
type Shape int

// The shapes that can be told apart. NoShape is any other value.
const (
	NoShape     Shape = iota
	ClaudeShape       // base64 of a protocol buffer with a header and the encrypted text
	GeminiShape       // base64 of a protocol buffer with ciphertext of Google's Tink library, or with a UUID
	FernetShape       // a Fernet token, such as the encrypted content of OpenAI's Responses
	DetailShape       // a JSON object, such as the reasoning_details of OpenRouter
)

// Seal returns v, which s signed, as clients see it. An empty v stays empty.
func (s Signer) Seal(v string) string {
	if v == "" || s.Bare == ClaudeShape {
		return v
	}
	return sealMark + s.Name + "." + v
}

// SealMessage seals in place everything that s signed in a whole answer.
func (s Signer) SealMessage(m *Message) {
	for i := range m.Thinking {
		t := &m.Thinking[i]
		t.Signature, t.Data = s.Seal(t.Signature), s.Seal(t.Data)
	}
	for i := range m.ToolCalls {
		c := &m.ToolCalls[i]
		c.Signature = s.Seal(c.Signature)
	}
}

// SealEvents wraps yield so that it seals what s signed in the events of one stream. A signature that comes in pieces is sealed once. The
// result is for one stream and one goroutine.
func (s Signer) SealEvents(yield func(Event, error) bool) func(Event, error) bool {
	type place struct {
		index int
		data  bool
	}
	begun := map[place]bool{}
	seal := func(v string, p place) string {
		if v == "" || begun[p] {
			return v
		}
		begun[p] = true
		return s.Seal(v)
	}
	return func(e Event, err error) bool {
		e.Thinking.Signature = seal(e.Thinking.Signature, place{e.Thinking.Index, false})
		e.Thinking.Data = seal(e.Thinking.Data, place{e.Thinking.Index, true})
		if e.ToolCall != nil && e.ToolCall.Signature != "" {
			call := *e.ToolCall
			call.Signature = s.Seal(call.Signature)
			e.ToolCall = &call
		}
		return yield(e, err)
	}
}

// Thinking returns what s signed of t, as s wrote it: the data of a redacted block, else the signature. It returns "" if s signed nothing there.
func (s Signer) Thinking(t *Thinking) string {
	if t.Type == RedactedThinkingBlock {
		return s.open(t.Data, ClaudeShape)
	}
	return s.open(t.Signature, ClaudeShape)
}

// ToolCall returns the signature of c as s wrote it, or "" if s did not sign c.
func (s Signer) ToolCall(c *ToolCall) string { return s.open(c.Signature, GeminiShape) }

// open returns v as s wrote it, or "" if another signer did. A bare value of no known shape counts as one of the usual shape for its place.
func (s Signer) open(v string, usual Shape) string {
	if rest, ok := strings.CutPrefix(v, sealMark); ok {
		name, signed, _ := strings.Cut(rest, ".")
		if name != s.Name {
			return ""
		}
		return signed
	}
	shape := shapeOf(v)
	if shape == NoShape {
		shape = usual
	}
	if shape != s.Bare {
		return ""
	}
	return v
}

// fernet begins every Fernet token: the version 0x80 and the high bytes of a time before the year 2106, in base64.
const fernet = "gAAAAA"

// shapeOf detects the shape of a bare value.
func shapeOf(v string) Shape {
	switch {
	case strings.HasPrefix(v, fernet):
		return FernetShape
	case strings.HasPrefix(v, "{") && json.Valid(json.Value(v)):
		return DetailShape
	}
	raw := decodePrefix(v)
	nested := field(field(raw, 2), 1)
	switch {
	case isTink(field(raw, 1)), isTink(nested), isUUID(nested):
		return GeminiShape
	case isClaudeHeader(nested), isClaudeHeader(raw):
		return ClaudeShape
	default:
		return NoShape
	}
}

// prefixLength is how many characters of a value tell its shape. It is a multiple of 4.
const prefixLength = 256

// decodePrefix decodes the beginning of v, base64 of either alphabet. It returns nil if v is not base64.
func decodePrefix(v string) []byte {
	v = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(v[:min(len(v), prefixLength)], "="))
	if len(v)%4 == 1 { // the value was cut
		v = v[:len(v)-1]
	}
	raw, err := base64.RawStdEncoding.DecodeString(v)
	if err != nil {
		return nil
	}
	return raw
}

// field returns the content of the length-delimited field number if raw, a protocol buffer, begins with that field. The content may be cut
// short where raw is. Otherwise field returns nil.
func field(raw []byte, number byte) []byte {
	const lengthDelimited = 2
	if len(raw) == 0 || raw[0] != number<<3|lengthDelimited {
		return nil
	}
	length, n := binary.Uvarint(raw[1:])
	if n <= 0 {
		return nil
	}
	content := raw[1+n:]
	return content[:min(length, uint64(len(content)))]
}

// isTink reports whether b is ciphertext of Google's Tink library: the byte 1, the id of a key, and the encrypted text.
// No protocol buffer begins with that byte.
func isTink(b []byte) bool { return len(b) > 4 && b[0] == 1 }

func isUUID(b []byte) bool {
	const length = 36
	if len(b) != length {
		return false
	}
	return b[8] == '-' && b[13] == '-' && b[18] == '-' && b[23] == '-' && len(bytes.Trim(b, "-0123456789abcdefABCDEF")) == 0
}

// isClaudeHeader reports whether b begins like a value that Claude signed, or like the header in it: with a small number in a field.
func isClaudeHeader(b []byte) bool {
	const first, third = 1 << 3, 3 << 3
	return len(b) > 1 && (b[0] == first || b[0] == third)
}
