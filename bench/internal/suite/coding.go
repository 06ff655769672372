package suite

import (
	"fmt"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// The first request of a coding client: long instructions and many tools, before anything was said.
const (
	codingSize  = 76 << 10 // bytes, about
	codingTools = 24
)

// tool is a function of a coding client.
type tool struct {
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Parameters  json.Value `json:"parameters,omitzero"`   // OpenAI's
	InputSchema json.Value `json:"input_schema,omitzero"` // Anthropic's
}

// codingChat is the request in OpenAI's format.
type codingChat struct {
	chatRequest
	Tools     []chatTool `json:"tools"`
	MaxTokens int        `json:"max_completion_tokens"`
}

type chatTool struct {
	Type     string `json:"type"`
	Function tool   `json:"function"`
}

// codingMessages is the request in Anthropic's format, with the members that a coding client sends.
type codingMessages struct {
	Model     string         `json:"model"`
	MaxTokens int            `json:"max_tokens"`
	System    []block        `json:"system"`
	Messages  []blockMessage `json:"messages"`
	Tools     []tool         `json:"tools"`
	Stream    bool           `json:"stream,omitzero"`
	Metadata  json.Value     `json:"metadata"`
}

type blockMessage struct {
	Role    string  `json:"role"`
	Content []block `json:"content"`
}

type block struct {
	Type         string     `json:"type"`
	Text         string     `json:"text"`
	CacheControl json.Value `json:"cache_control,omitzero"`
}

// codingRequests are for what speaks OpenAI's format.
func codingRequests(at endpoint) (requests, error) {
	plain := codingChat{chatRequest: chatRequest{Model: at.model}, MaxTokens: 32000}
	plain.Messages = []message{{"system", instructions()}, {"user", reminder}, {"user", question}}
	for i := range codingTools {
		name, description, schema := codingTool(i)
		plain.Tools = append(plain.Tools, chatTool{"function", tool{Name: name, Description: description, Parameters: schema}})
	}
	stream := plain
	stream.Stream, stream.StreamOptions = true, &streamOptions{IncludeUsage: true}
	return newRequests(at.path, bearer+at.key, plain, stream)
}

// nativeCoding are the requests of codingRequests for the server under test.
func nativeCoding(key string) (requests, error) { return codingRequests(direct(key)) }

// portableCoding are the same in Anthropic's format.
func portableCoding(key string) (requests, error) {
	cached := json.Value(`{"type":"ephemeral"}`)
	plain := codingMessages{
		Model: openai + "/" + model, MaxTokens: 32000, Metadata: json.Value(`{"user_id":"user_0123456789abcdef_account__session_01"}`),
		System:   []block{{"text", "You are a coding agent.", nil}, {"text", instructions(), cached}},
		Messages: []blockMessage{{"user", []block{{"text", reminder, nil}, {"text", question, cached}}}},
	}
	for i := range codingTools {
		name, description, schema := codingTool(i)
		plain.Tools = append(plain.Tools, tool{Name: name, Description: description, InputSchema: schema})
	}
	stream := plain
	stream.Stream = true
	return newRequests(messagesPath, bearer+key, plain, stream)
}

const (
	question = "Find out why TestLandingKeepsOrder fails now and then, and mend it."
	reminder = "<system-reminder>\nThe folder is a git repository on branch \"main\".\nToday's date is 2026-11-29.\n</system-reminder>\n"
	rule     = "- Read a file before you change it, and change no more than was asked for: `go test ./...` must pass afterwards.\n" +
		"- When a command fails, say what it printed and what you make of it; do not try the same command \"once more\".\n" +
		"- Answer in a few lines. <example>\nuser: what is in src/?\nassistant: [runs ls] foo.c, bar.c and baz.c\n</example>\n"
)

// instructions are a little more than 15 KB.
func instructions() string {
	var b strings.Builder
	for i := range 46 {
		fmt.Fprintf(&b, "# Section %d\n%s", i+1, rule)
	}
	return b.String()
}

// codingTool returns a function with a description of 1.7 KB and a schema of half a KB.
func codingTool(i int) (name, description string, schema json.Value) {
	const property = `{"type":"string","description":"The absolute path of a file, not a relative one; it must lie in the folder that was opened."}`
	return fmt.Sprintf("tool_%d", i), fmt.Sprintf("Does the work number %d.\n\nUsage:\n%s", i, strings.Repeat(rule, 5)),
		json.Value(`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"file_path":` + property +
			`,"old_string":` + property + `,"new_string":` + property +
			`,"replace_all":{"type":"boolean","default":false}},"required":["file_path","old_string","new_string"],"additionalProperties":false}`)
}
