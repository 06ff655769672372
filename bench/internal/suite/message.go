package suite

import (
	"fmt"
	"strings"

	"github.com/openloop-server/openloop/bench/internal/upstream"
	"github.com/openloop-server/openloop/internal/json"
)

// message is one message of a prompt, as both OpenAI and the server under test write it.
type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

const (
	model      = "gpt-4o"
	promptPath = "bench/greeting"
	directPath = "direct/openai/" + model // of the Prompt that calls of the model itself are logged to
)

// template returns the saved Prompt's messages, about 1 KB once rendered.
func template() []message {
	return []message{
		{Role: "system", Content: `You answer letters for {{company}}, a shop that sends parcels to {{country}}. ` +
			`Write in {{language}}, in a {{tone}} tone, in at most five sentences, and never promise a day of arrival ` +
			`that you were not told. Begin by thanking the person for the letter. If the parcel is late, say that we ` +
			`are sorry, name the last place where it was seen, and offer to send another one. If something is broken, ` +
			`ask for a picture of it and say that a new one leaves our warehouse on the day the picture arrives. If ` +
			`the person wants the money back, say that it takes up to five working days and that no reason is needed. ` +
			`If the letter is about anything else, say kindly that you pass it on to a colleague, and who that is. ` +
			`Never speak of other shops, of prices of other shops, or of how this answer was written.`},
		{Role: "user", Content: `My order has the number {{order}}. {{question}}`},
	}
}

// inputs returns what fills the template's variables.
func inputs() map[string]string {
	return map[string]string{
		"company":  "Northern Lamps",
		"country":  "Denmark, Sweden and Norway",
		"language": "English",
		"tone":     "warm but brief",
		"order":    "NL-2024-118-2207",
		"question": "I was told that it would be here on Monday, and now it is Thursday. Could you find out where it is, please?",
	}
}

// rendered returns the template's messages with the inputs filled in.
func rendered() []message {
	var pairs []string
	for name, value := range inputs() {
		pairs = append(pairs, "{{"+name+"}}", value)
	}
	fill := strings.NewReplacer(pairs...)
	messages := template()
	for i := range messages {
		messages[i].Content = fill.Replace(messages[i].Content)
	}
	return messages
}

// promptRequest is the body that saves the Prompt.
type promptRequest struct {
	Path     string    `json:"path"`
	Model    string    `json:"model"`
	Provider string    `json:"provider"`
	Endpoint string    `json:"endpoint"`
	Template []message `json:"template"`
}

// callRequest is the body that calls the saved Prompt by its path.
type callRequest struct {
	Path   string            `json:"path"`
	Inputs map[string]string `json:"inputs"`
	Stream bool              `json:"stream"`
}

// chatRequest is the body that asks the upstream for the same.
type chatRequest struct {
	Model         string         `json:"model"`
	Messages      []message      `json:"messages"`
	Stream        bool           `json:"stream,omitzero"`
	StreamOptions *streamOptions `json:"stream_options,omitzero"`
}

type streamOptions struct {
	IncludeUsage bool `json:"include_usage"`
}

// messagesRequest is the body that asks for the same in Anthropic's format.
type messagesRequest struct {
	Model     string    `json:"model"`
	MaxTokens int       `json:"max_tokens"`
	System    string    `json:"system"`
	Messages  []message `json:"messages"`
	Stream    bool      `json:"stream,omitzero"`
}

// requests are whole HTTP requests, ready to send.
type requests struct{ plain, stream []byte }

// endpoint is where chats are asked for in OpenAI's format.
type endpoint struct{ path, key, model string }

// ownEndpoint is that of the upstream, and of the proxy in front of it.
func ownEndpoint() endpoint { return endpoint{upstream.Path, "sk-bench", model} }

// chatRequests are for what speaks OpenAI's format.
func chatRequests(at endpoint) (requests, error) {
	plain := chatRequest{Model: at.model, Messages: rendered()}
	stream := plain
	stream.Stream, stream.StreamOptions = true, &streamOptions{IncludeUsage: true}
	return newRequests(at.path, bearer+at.key, plain, stream)
}

const bearer = "Authorization: Bearer "

// nativeRequests are those of chatRequests for the server under test, which passes them on.
func nativeRequests(key string) (requests, error) { return chatRequests(direct(key)) }

// direct is the endpoint of the server under test for chats of the model itself.
func direct(key string) endpoint { return endpoint{upstream.Path, key, openai + "/" + model} }

// portableRequests are for the server under test, which translates them.
func portableRequests(key string) (requests, error) {
	all := rendered()
	plain := messagesRequest{Model: openai + "/" + model, MaxTokens: 1000, System: all[0].Content, Messages: all[1:]}
	stream := plain
	stream.Stream = true
	return newRequests(messagesPath, bearer+key, plain, stream)
}

const (
	openai       = "openai"
	messagesPath = "/v1/messages"
)

// callRequests are for the server under test, and call the saved Prompt.
func callRequests(key string) (requests, error) {
	plain := callRequest{Path: promptPath, Inputs: inputs()}
	stream := plain
	stream.Stream = true
	return newRequests("/v5/prompts/call", "X-API-KEY: "+key, plain, stream)
}

func newRequests[T any](path, auth string, plain, stream T) (requests, error) {
	build := func(value T) ([]byte, error) {
		body, err := json.Marshal(value)
		return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: openloop-bench\r\n%s\r\n"+
			"Content-Type: application/json\r\nAccept: */*\r\nContent-Length: %d\r\n\r\n%s", path, auth, len(body), body), err
	}
	var out requests
	var err error
	if out.plain, err = build(plain); err != nil {
		return requests{}, err
	}
	out.stream, err = build(stream)
	return out, err
}
