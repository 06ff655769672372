package llm

// Abilities says what callers may ask of one endpoint of a vendor. The vendor's driver declares them. The conformance suite (package
// llmtest) then demands a recorded call for each declared ability, and a refusal of each parameter that is not declared.
//
// Abilities belong to the endpoint. A single model behind it may support less.
type Abilities struct {
	Chat          bool // takes messages
	ImageURL      bool // takes images by their address
	ImageData     bool // takes images as base64 data URIs
	FileData      bool // takes documents as base64 data URIs
	FileURL       bool // takes documents by their address
	Audio         bool
	Tools         bool
	FreeTools     bool // calls tools, but cannot be made to call one
	ParallelTools bool
	ToolErrors    bool // takes the failure of a tool as one; elsewhere its text begins with "Error: "
	JSONObject    bool
	JSONSchema    bool
	Effort        bool // takes a level of reasoning effort
	EffortBudget  bool // takes a number of tokens for reasoning
	Thinking      bool // returns reasoning
	ThinkingKept  bool // takes reasoning back in later turns
	LogProbs      bool
	Stop          bool
	Seed          bool
	Penalties     bool // takes presence and frequency penalties
	Suffix        bool // takes the text after a completion
	User          bool // takes a label of the end user; drivers drop the label where this is false
	LogitBias     bool
	SerialTools   bool // can be told to make one call at most
	TopK          bool
	ServiceTier   bool // can be asked for a service tier
	Verbosity     bool
	HideThinking  bool // can be told to leave out the text of thinking
	Cache         bool // takes marks of what to keep in the cache
	CachedUsage   bool // reports how much of the prompt came from a cache
}

// Declaration says what a vendor serves.
type Declaration struct {
	Endpoints []Served
	Embeds    string   // the path of the call for embeddings, as in Served; "" if it makes none
	Counts    string   // the path of the call that counts tokens; "" if it counts none
	Quirks    []string // Markdown sentences: how the driver departs from the usual translation to this wire format
	Lenient   bool     // the vendor ignores what it cannot use, instead of refusing it
}

// Served is one endpoint of a vendor.
type Served struct {
	Endpoint Endpoint
	Models   string    // the maker ("Anthropic"), on a platform that calls each maker's models differently; else ""
	Path     string    // below the base URL; MODEL stands for the model
	Dialects []Dialect // in which requests are passed on as they came
	Abilities
}
