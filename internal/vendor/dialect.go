package vendor

// Dialect describes how a vendor that uses OpenAI's wire format differs from OpenAI. The zero Dialect is that of OpenAI.
type Dialect struct {
	Path string // is added to a base URL that has no path
	Auth Auth

	// Deployments is the API version of a vendor that serves a model at a URL of its own, "" for all others. A base URL that ends in
	// /openai/v1 is one without versions, where the model is in the body.
	Deployments string

	Lacks      Part // what its chat has no place for
	TopK       bool // its chat takes top_k
	TokenLimit TokenLimit
	Reasoning  Reasoning
	Effort     EffortForm

	CallIDLength int  // of the ids of tool calls that its chat takes; 0 means those of OpenAI's
	Encrypts     bool // its Responses encrypt reasoning as OpenAI's do
	Alternates   bool // demands that user and assistant take turns
	AnswersTools bool // refuses a user who speaks right after the result of a tool

	SeedName       string // of the member that holds the seed; "" means "seed"
	RequiredChoice string // how a tool call is demanded; "" means "required"
	DimensionsName string // of the member that holds the length of a vector; "" means "dimensions"
	Counts         bool   // counts tokens at /responses/input_tokens
	Base64         bool   // sends vectors in base64 if asked
	CountsLogProbs bool   // its chat takes the number of alternatives itself as logprobs, as completions do

	NoComplete    bool // has no /completions
	NoResponses   bool // has no /responses
	NoEmbeddings  bool // has no /embeddings
	NoInclude     bool // its /responses refuses include, so reasoning comes without what only the vendor can read
	NoDeveloper   bool // knows no role "developer": it is sent as "system"
	NoStreamUsage bool // refuses stream_options, so a stream tells no usage unless the vendor does by itself
}

// Part is a set of parts of a Prompt. A part that the vendor does not support is refused before anything is sent, except User, a label,
// which is left out.
type Part uint32

// The parts of a Prompt that some vendors do not support.
const (
	Tools      Part = 1 << iota
	ToolChoice      // that demands a tool call; the model may still choose one
	Images
	ImageURLs // images by their address; inline ones are taken
	JSONObject
	JSONSchema
	Seed
	LogProbs
	Penalties
	Names // of the messages' authors
	User
	LogitBias
	Files
	Audio
	SerialTools  // that at most one call is made
	ServiceTiers // that are asked for
	Verbosity
)

// lean are the parts that OpenAI alone and few others have.
const lean = LogitBias | Files | Audio | SerialTools | ServiceTiers | Verbosity

// Takes reports whether a vendor's chat supports p.
func (d *Dialect) Takes(p Part) bool { return d.Lacks&p == 0 }

// Auth says how a key is sent. Without a key, nothing is sent.
type Auth int

// The ways to send a key.
const (
	Bearer       Auth = iota // Authorization: Bearer …
	APIKeyHeader             // api-key: …
)

// TokenLimit says which member of a chat request limits the answer.
type TokenLimit int

// The members that limit a chat answer.
const (
	LimitByModel        TokenLimit = iota // max_completion_tokens for reasoning models, max_tokens for others; what is refused is learned
	MaxTokens                             // always max_tokens
	MaxCompletionTokens                   // always max_completion_tokens
)

// Reasoning says where a vendor expects its reasoning in an earlier chat message.
type Reasoning string

// The places of earlier reasoning. The members are named as on the wire.
const (
	ReasoningDropped Reasoning = "" // chat messages have no place for it
	ReasoningContent Reasoning = "reasoning_content"
	ReasoningText    Reasoning = "reasoning"
	ReasoningDetails Reasoning = "reasoning_details" // with what only the vendor can read; else as ReasoningText
	ReasoningParts   Reasoning = "content"           // a part of the content, of type thinking
)

// EffortForm is the form of the reasoning effort in a chat request.
type EffortForm int

// The forms of a reasoning effort.
const (
	EffortLevel  EffortForm = iota // reasoning_effort is a level
	EffortNumber                   // reasoning_effort is a level or a number of tokens
	EffortObject                   // reasoning holds effort, a level, or max_tokens
)
