package llm

// Abilities are what an endpoint of a vendor can be asked for. Its driver declares them: the conformance suite (package llmtest) asks
// for a recorded call of each that is declared, and for a refusal of each parameter that is not.
// What a single model can do is a matter of that model.
type Abilities struct {
	Chat          bool // takes messages
	ImageURL      bool // takes images by their address
	ImageData     bool // takes images as base64 data URIs
	Tools         bool
	FreeTools     bool // no tool call can be demanded
	ParallelTools bool
	JSONObject    bool
	JSONSchema    bool
	Effort        bool // takes a level of reasoning effort
	EffortBudget  bool // takes a number of tokens for reasoning
	Thinking      bool // returns reasoning
	ThinkingKept  bool // takes reasoning back in later turns
	LogProbs      bool
	Stop          bool
	Seed          bool
	Penalties     bool // for presence and frequency
	Suffix        bool // takes the text after a completion
	User          bool // takes a label of the end user; where it is not taken it is left out
	CachedUsage   bool // tells how much of the prompt came from a cache
}

// Declaration says what a vendor serves.
type Declaration struct {
	Endpoints []Served
	Quirks    []string // what is translated otherwise than by all who speak the format: sentences in Markdown
	Lenient   bool     // ignores what it has no use for, instead of refusing it
}

// Served is one endpoint of a vendor.
type Served struct {
	Endpoint Endpoint
	Models   string // whose they are, where those of several makers are called differently: "Anthropic"
	Path     string // below the base URL; MODEL stands for the model
	Abilities
}
