package gemini

import (
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// request is the body of a call.
type request struct {
	SystemInstruction *content         `json:"systemInstruction,omitzero"`
	Contents          []content        `json:"contents"`
	Tools             []tools          `json:"tools,omitempty"`
	ToolConfig        *toolConfig      `json:"toolConfig,omitzero"`
	GenerationConfig  generationConfig `json:"generationConfig,omitzero"`
}

type content struct {
	Role  string `json:"role,omitzero"`
	Parts []part `json:"parts"`
}

// part is a piece of a content that is sent.
type part struct {
	Text             *string           `json:"text,omitzero"`
	Thought          bool              `json:"thought,omitzero"`
	ThoughtSignature string            `json:"thoughtSignature,omitzero"`
	InlineData       *blob             `json:"inlineData,omitzero"`
	FileData         *fileData         `json:"fileData,omitzero"`
	FunctionCall     *functionCall     `json:"functionCall,omitzero"`
	FunctionResponse *functionResponse `json:"functionResponse,omitzero"`
}

type blob struct {
	MimeType string `json:"mimeType"`
	Data     string `json:"data"`
}

type fileData struct {
	MimeType string `json:"mimeType,omitzero"`
	FileURI  string `json:"fileUri"`
}

type functionCall struct {
	ID   string     `json:"id,omitzero"`
	Name string     `json:"name"`
	Args json.Value `json:"args,omitzero"`
}

type functionResponse struct {
	ID       string     `json:"id,omitzero"`
	Name     string     `json:"name"`
	Response json.Value `json:"response"`
	Parts    []part     `json:"parts,omitempty"`
}

type tools struct {
	FunctionDeclarations []functionDeclaration `json:"functionDeclarations"`
}

type functionDeclaration struct {
	Name                 string     `json:"name"`
	Description          string     `json:"description,omitzero"`
	ParametersJSONSchema json.Value `json:"parametersJsonSchema,omitzero"`
}

type toolConfig struct {
	FunctionCallingConfig functionCallingConfig `json:"functionCallingConfig"`
}

type functionCallingConfig struct {
	Mode                 string   `json:"mode"`
	AllowedFunctionNames []string `json:"allowedFunctionNames,omitempty"`
}

type generationConfig struct {
	Temperature        *float64        `json:"temperature,omitzero"`
	TopP               *float64        `json:"topP,omitzero"`
	TopK               *int            `json:"topK,omitzero"`
	MaxOutputTokens    int             `json:"maxOutputTokens,omitzero"`
	StopSequences      []string        `json:"stopSequences,omitempty"`
	PresencePenalty    *float64        `json:"presencePenalty,omitzero"`
	FrequencyPenalty   *float64        `json:"frequencyPenalty,omitzero"`
	Seed               *int64          `json:"seed,omitzero"`
	ResponseMimeType   string          `json:"responseMimeType,omitzero"`
	ResponseJSONSchema json.Value      `json:"responseJsonSchema,omitzero"`
	ResponseLogprobs   bool            `json:"responseLogprobs,omitzero"`
	Logprobs           *int            `json:"logprobs,omitzero"`
	ThinkingConfig     *thinkingConfig `json:"thinkingConfig,omitzero"`
}

type thinkingConfig struct {
	IncludeThoughts bool   `json:"includeThoughts,omitzero"`
	ThinkingBudget  *int   `json:"thinkingBudget,omitzero"`
	ThinkingLevel   string `json:"thinkingLevel,omitzero"`
}

// response is a whole answer, or one piece of a streamed one.
type response struct {
	Candidates     []candidate    `json:"candidates"`
	PromptFeedback promptFeedback `json:"promptFeedback"`
	UsageMetadata  json.Value     `json:"usageMetadata"`
	ModelVersion   string         `json:"modelVersion"`
	ResponseID     string         `json:"responseId"`
	Error          json.Value     `json:"error"`
}

type candidate struct {
	Content        answerContent `json:"content"`
	FinishReason   string        `json:"finishReason"`
	FinishMessage  string        `json:"finishMessage"`
	LogprobsResult json.Value    `json:"logprobsResult"`
}

type answerContent struct {
	Parts []answerPart `json:"parts"`
}

// answerPart is a piece of an answer.
type answerPart struct {
	Text             string       `json:"text"`
	Thought          bool         `json:"thought"`
	ThoughtSignature string       `json:"thoughtSignature"`
	FunctionCall     functionCall `json:"functionCall"`
}

type promptFeedback struct {
	BlockReason        string `json:"blockReason"`
	BlockReasonMessage string `json:"blockReasonMessage"`
}

// usage counts tokens: the prompt includes what came from a cache, the candidates exclude the thoughts.
type usage struct {
	Prompt     llm.Count            `json:"promptTokenCount"`
	Cached     llm.Count            `json:"cachedContentTokenCount"`
	ToolUse    llm.Count            `json:"toolUsePromptTokenCount"`
	Candidates llm.Count            `json:"candidatesTokenCount"`
	Thoughts   llm.Count            `json:"thoughtsTokenCount"`
	Traffic    json.Lenient[string] `json:"trafficType"` // of Vertex: ON_DEMAND, ON_DEMAND_FLEX, PROVISIONED_THROUGHPUT
	Tier       json.Lenient[string] `json:"serviceTier"` // of the Gemini API: standard, flex, priority
}
