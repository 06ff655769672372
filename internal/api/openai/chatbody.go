package openai

import (
	"errors"
	"slices"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/chat"
	"github.com/openloop-server/openloop/internal/dialect/responses"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web/input"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// chatBody is the body of a chat. Some clients send that of a response, which is answered as a chat all the same.
type chatBody struct {
	Chat     chat.Params
	Response *responses.ResponseParams // nil for a chat
}

// responseBody is a body that is told from a chat.
type responseBody struct {
	responses.ResponseParams
	Model string          `json:"model" required:"true"`
	Input responses.Input `json:"input" required:"true"`
}

// JSONSchema implements [schema.Schemer].
func (chatBody) JSONSchema() *schema.Schema {
	return schema.OneOf("", "an object", "", schema.Of[chat.Params](), schema.Of[responseBody]())
}

// DecodeBody implements [input.BodyDecoder] for chats.
func (b *chatBody) DecodeBody(data []byte, decode input.Decode) error {
	err := decode(data, &b.Chat)
	if err == nil && b.Chat.Messages == nil {
		err = errNoChat
	}
	return err
}

var errNoChat = errors.New("it has no messages")

// UnmarshalJSONFrom reads a response if there is an input and no messages.
func (b *chatBody) UnmarshalJSONFrom(dec *json.Decoder) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	*b = chatBody{}
	if names := json.Names(raw); !slices.Contains(names, "input") || slices.Contains(names, "messages") {
		return json.Unmarshal(raw, &b.Chat)
	}
	b.Response = new(responses.ResponseParams)
	return json.Unmarshal(raw, b.Response)
}

func (b *chatBody) call() (*dialect.Call, error) {
	if b.Response == nil {
		return b.Chat.Call()
	}
	if b.Response.PreviousResponseID != "" {
		return nil, dialect.Unsupported("A chat goes on from no response. Send the request to /v1/responses.", placeOfPrevious)
	}
	c, err := b.Response.Call()
	if err == nil {
		c.Parameters = nil // the answer is a chat, which nobody comes back to
	}
	return c, err
}

func (b *chatBody) streams() bool {
	return b.Chat.Stream || b.Response != nil && b.Response.Stream
}

// usage reports whether the client asks for the usage in a stream.
func (b *chatBody) usage() bool {
	if b.Response != nil {
		return b.Response.StreamOptions.Usage()
	}
	return b.Chat.StreamOptions.Usage()
}
