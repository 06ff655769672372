package bedrock

import (
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// request is the body of a call.
type request struct {
	Messages     []message     `json:"messages"`
	System       []block       `json:"system,omitempty"`
	Inference    *inference    `json:"inferenceConfig,omitzero"`
	ToolConfig   *toolConfig   `json:"toolConfig,omitzero"`
	OutputConfig *outputConfig `json:"outputConfig,omitzero"`
	ServiceTier  *tier         `json:"serviceTier,omitzero"`

	// ModelFields are parameters of the model that Converse has no name for.
	ModelFields json.Value `json:"additionalModelRequestFields,omitzero"`
}

type message = llm.Turn[block]

// block is a piece of a message, in both directions. One member is set.
type block struct {
	Text       *string     `json:"text,omitzero"`
	Image      *image      `json:"image,omitzero"`
	ToolUse    *toolUse    `json:"toolUse,omitzero"`
	ToolResult *toolResult `json:"toolResult,omitzero"`
	Reasoning  *reasoning  `json:"reasoningContent,omitzero"`
	Document   *document   `json:"document,omitzero"`
	CachePoint *cachePoint `json:"cachePoint,omitzero"`
	Cited      *cited      `json:"citationsContent,omitzero"` // of answers only
}

// cited is text with its sources.
type cited struct {
	Content []struct {
		Text string `json:"text"`
	} `json:"content"`
}

type image struct {
	Format string      `json:"format"`
	Source imageSource `json:"source"`
}

type document struct {
	Format string      `json:"format"`
	Name   string      `json:"name"`
	Source imageSource `json:"source"`
}

type cachePoint struct {
	Type string `json:"type"`
	TTL  string `json:"ttl,omitzero"`
}

type imageSource struct {
	Bytes string `json:"bytes"` // in base64
}

type toolUse struct {
	ID    string     `json:"toolUseId"`
	Name  string     `json:"name"`
	Input json.Value `json:"input,omitzero"`
}

type toolResult struct {
	ID      string  `json:"toolUseId"`
	Content []block `json:"content"`
	Status  string  `json:"status,omitzero"` // error, or success by default
}

// reasoning is a block of reasoning: readable, or opaque in base64.
type reasoning struct {
	Text     *reasoningText `json:"reasoningText,omitzero"`
	Redacted string         `json:"redactedContent,omitzero"`
}

type reasoningText struct {
	Text      string `json:"text"`
	Signature string `json:"signature,omitzero"`
}

type inference struct {
	MaxTokens     int      `json:"maxTokens,omitzero"`
	Temperature   *float64 `json:"temperature,omitzero"`
	TopP          *float64 `json:"topP,omitzero"`
	StopSequences []string `json:"stopSequences,omitempty"`
}

type toolConfig struct {
	Tools      []tool      `json:"tools"`
	ToolChoice *toolChoice `json:"toolChoice,omitzero"`
}

// tool is a function, or a mark behind the functions before it.
type tool struct {
	Spec       *toolSpec   `json:"toolSpec,omitzero"`
	CachePoint *cachePoint `json:"cachePoint,omitzero"`
}

type toolSpec struct {
	Name        string      `json:"name"`
	Description string      `json:"description,omitzero"`
	InputSchema inputSchema `json:"inputSchema"`
	Strict      bool        `json:"strict,omitzero"`
}

type inputSchema struct {
	JSON json.Value `json:"json"`
}

// toolChoice has one member.
type toolChoice struct {
	Auto *struct{} `json:"auto,omitzero"`
	Any  *struct{} `json:"any,omitzero"`
	Tool *named    `json:"tool,omitzero"`
}

type named struct {
	Name string `json:"name"`
}

type outputConfig struct {
	TextFormat textFormat `json:"textFormat"`
}

type textFormat struct {
	Type      string    `json:"type"`
	Structure structure `json:"structure"`
}

type structure struct {
	JSONSchema jsonSchema `json:"jsonSchema"`
}

type jsonSchema struct {
	Name        string `json:"name,omitzero"`
	Description string `json:"description,omitzero"`
	Schema      string `json:"schema"` // JSON as a text
}

// response is a whole answer.
type response struct {
	Output struct {
		Message *struct {
			Content []block `json:"content"`
		} `json:"message"`
	} `json:"output"`
	StopReason string     `json:"stopReason"`
	Usage      json.Value `json:"usage"`
	Tier       tier       `json:"serviceTier"`
	Trace      trace      `json:"trace"`
}

// tier is the service tier that a call was served in: default, flex, priority or reserved.
type tier struct {
	Type any `json:"type"`
}

type trace struct {
	PromptRouter struct {
		InvokedModelID string `json:"invokedModelId"`
	} `json:"promptRouter"`
}

// event is the payload of any event of a stream.
type event struct {
	Index int `json:"contentBlockIndex"`
	Start struct {
		ToolUse *toolUse `json:"toolUse"`
	} `json:"start"`
	Delta      delta      `json:"delta"`
	StopReason string     `json:"stopReason"`
	Usage      json.Value `json:"usage"`
	Tier       tier       `json:"serviceTier"`
	Trace      trace      `json:"trace"`
}

// delta has one member.
type delta struct {
	Text    string `json:"text"`
	ToolUse struct {
		Input string `json:"input"`
	} `json:"toolUse"`
	Reasoning struct {
		Text      string `json:"text"`
		Signature string `json:"signature"`
		Redacted  string `json:"redactedContent"`
	} `json:"reasoningContent"`
}
