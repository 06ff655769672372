package llm

import (
	"cmp"

	"github.com/openloop-server/openloop/internal/json"
)

// The parts of a message as JSON. A member that gives a part its meaning is written even if it is empty, because readers demand it.
type (
	plainPart Part
	textPart  struct {
		Type  PartType `json:"type"`
		Text  string   `json:"text"`
		Cache *Cache   `json:"cache_control,omitzero"`
	}
	plainCache struct {
		Type string `json:"type"`
		TTL  string `json:"ttl,omitempty"`
	}
	plainThinking    Thinking
	readableThinking struct {
		Type      string `json:"type"`
		Thinking  string `json:"thinking"`
		Signature string `json:"signature"` // "" of providers that do not sign their thinking
	}
	redactedThinking struct {
		Type string `json:"type"`
		Data string `json:"data"`
	}
)

// MarshalJSONTo writes the members that belong to the type of p.
func (p Part) MarshalJSONTo(enc *json.Encoder) error {
	if p.Type == TextPart {
		return json.Encode(enc, textPart{p.Type, p.Text, p.Cache})
	}
	return json.Encode(enc, plainPart(p))
}

// MarshalJSONTo writes c as Anthropic does.
func (c Cache) MarshalJSONTo(enc *json.Encoder) error {
	return json.Encode(enc, plainCache{cmp.Or(c.Type, ephemeral), c.TTL})
}

// UnmarshalJSONFrom reads what MarshalJSONTo writes.
func (c *Cache) UnmarshalJSONFrom(dec *json.Decoder) error {
	var in plainCache
	err := json.Decode(dec, &in)
	*c = Cache{TTL: in.TTL}
	if in.Type != ephemeral {
		c.Type = cmp.Or(in.Type, "?")
	}
	return err
}

const ephemeral = "ephemeral" // the type of a [Cache]

// MarshalJSONTo writes the members that belong to the type of t.
func (t Thinking) MarshalJSONTo(enc *json.Encoder) error {
	switch t.Type {
	case ThinkingBlock:
		return json.Encode(enc, readableThinking{t.Type, t.Thinking, t.Signature})
	case RedactedThinkingBlock:
		return json.Encode(enc, redactedThinking{t.Type, t.Data})
	default:
		return json.Encode(enc, plainThinking(t))
	}
}
