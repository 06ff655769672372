// Package reasoning reads and writes the reasoning_details of OpenRouter: https://openrouter.ai/docs/guides/best-practices/reasoning-tokens.
package reasoning

import (
	"hash/crc64"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Detail is an element of reasoning_details: readable, as a text with a signature or a summary, or encrypted. In a thinking block
// its JSON, which only its vendor can use, is the signature of a readable block, and the data of an encrypted one.
type Detail struct {
	Text      string `json:"text"`
	Summary   string `json:"summary"`
	Signature string `json:"signature"`
	Data      string `json:"data"`
	Index     *int   `json:"index"`

	raw json.Value
}

// Read reads a detail. It reports false for one that says nothing.
func Read(raw json.Value) (Detail, bool) {
	d := Detail{raw: raw}
	return d, json.UnmarshalPiece(raw, &d) == nil && (d.Text != "" || d.Summary != "" || d.Signature != "" || d.Data != "")
}

// delta is d as a piece of thinking.
func (d *Detail) delta() llm.ThinkingDelta {
	if d.Data != "" {
		return llm.ThinkingDelta{Data: d.seal(nil)}
	}
	out := llm.ThinkingDelta{Text: d.Text + d.Summary}
	if d.Signature != "" {
		out.Signature = d.seal(json.Value(`{"text":""}`))
	}
	return out
}

// seal is the JSON of d with other members.
func (d *Detail) seal(other json.Value) string {
	merged, err := json.Merge(d.raw, other)
	if err != nil {
		return ""
	}
	out, err := json.Canonical(merged)
	if err != nil {
		return ""
	}
	return string(out)
}

// Block is a whole d.
func (d *Detail) Block() llm.Thinking {
	p := d.delta()
	if p.Data != "" {
		return llm.Thinking{Type: llm.RedactedThinkingBlock, Data: p.Data}
	}
	return llm.Thinking{Type: llm.ThinkingBlock, Thinking: p.Text, Signature: p.Signature}
}

// Sealed are the elements of reasoning_details that the blocks were made from. What was neither signed nor encrypted is for people
// to read, and what another vendor sealed is left out. They are separated by commas.
func Sealed(signer llm.Signer, model string, blocks []llm.Thinking) []byte {
	var out []byte
	for i := range blocks {
		t := &blocks[i]
		raw := json.Value(signer.Thinking(t))
		if json.Kind(raw) != '{' || !json.Valid(raw) || ofAnother(model, raw) {
			continue
		}
		if t.Type == llm.ThinkingBlock {
			text := append(json.AppendString([]byte(`{"text":`), t.Thinking), '}')
			merged, err := json.Merge(raw, text)
			if err != nil {
				continue
			}
			raw = merged
		}
		if len(out) > 0 {
			out = append(out, ',')
		}
		out = append(out, raw...)
	}
	return out
}

// makers are the beginnings of a detail's format, and of the names of the models that write it, as OpenRouter documents them.
var makers = [...]struct{ format, model string }{
	{"anthropic-", "anthropic/"}, {"google-", "google/"}, {"openai-", "openai/"}, {"azure-openai-", "openai/"}, {"xai-", "x-ai/"},
}

// ofAnother reports whether a detail was sealed by the maker of other models than this one. The name of a router, or one without a maker,
// tells nothing.
func ofAnother(model string, raw json.Value) bool {
	var detail struct {
		Format string `json:"format"`
	}
	if json.UnmarshalForeign(raw, &detail) != nil || !strings.Contains(model, "/") || strings.HasPrefix(model, "openrouter/") {
		return false
	}
	for _, m := range makers {
		if strings.HasPrefix(detail.Format, m.format) {
			return !strings.HasPrefix(strings.TrimPrefix(model, "~"), m.model)
		}
	}
	return false
}

// Stream numbers the reasoning details of a stream. Their own numbers count readable and encrypted ones apart.
type Stream struct {
	known []key
	plain plainText
}

// Say takes reasoning that a stream gives outside of details. It is the first block.
func (s *Stream) Say(text string) {
	if text == "" {
		return
	}
	if s.known == nil {
		s.known = append(s.known, key{index: -1})
	}
	s.plain.add(text)
}

// plainText is what a stream has said of its reasoning outside of details, as its length and its checksum.
type plainText struct {
	length int
	sum    uint64
}

var checksums = crc64.MakeTable(crc64.ECMA)

func (p *plainText) add(text string) {
	p.length += len(text)
	p.sum = crc64.Update(p.sum, checksums, []byte(text))
}

// isIn reports whether the details say again all that was said plainly, as they do at the end of a stream of Openloop.
func (p *plainText) isIn(all []Detail) bool {
	var said plainText
	for i := range all {
		said.add(all[i].Text + all[i].Summary)
	}
	return p.length > 0 && *p == said
}

// maxBlocks bounds the blocks of one answer.
const maxBlocks = 4096

type key struct {
	index     int
	encrypted bool
}

// Events appends an event for each detail in raws. Of those that say what was said plainly it takes the signature alone, if there is one: several would be
// taken for that of the whole text.
func (s *Stream) Events(raws []json.Value, out []llm.Event) []llm.Event {
	all, texts := make([]Detail, 0, len(raws)), 0
	for i, raw := range raws {
		d, ok := Read(raw)
		if !ok {
			continue
		}
		if d.Index == nil {
			d.Index = &i
		}
		if d.Data == "" {
			texts++
		}
		all = append(all, d)
	}
	again := s.plain.isIn(all)
	for i := range all {
		d := &all[i]
		delta := d.delta()
		if again && d.Data == "" {
			if texts == 1 && delta.Signature != "" {
				out = append(out, llm.Event{Thinking: llm.ThinkingDelta{Signature: delta.Signature}})
			}
			continue
		}
		if at, ok := s.number(key{index: *d.Index, encrypted: d.Data != ""}); ok {
			delta.Index = at
			out = append(out, llm.Event{Thinking: delta})
		}
	}
	return out
}

func (s *Stream) number(k key) (int, bool) {
	for i, known := range slices.Backward(s.known) {
		if known == k {
			return i, true
		}
	}
	if len(s.known) == maxBlocks {
		return 0, false
	}
	s.known = append(s.known, k)
	return len(s.known) - 1, true
}
