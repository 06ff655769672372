package v5

import (
	"time"

	"github.com/openloop-server/openloop/internal/llm"
)

// Alias is a name that calls can use in place of a model's.
type Alias struct {
	Name string `json:"name" doc:"A * at the end stands for any rest."`
	AliasSave
	CreatedAt *time.Time `json:"created_at" doc:"When an alias of this name was first stored."`
	UpdatedAt *time.Time `json:"updated_at" doc:"When this content was stored."`
	CreatedBy string     `json:"created_by,omitempty" doc:"The API key that stored it."`
}

// AliasSave says what an alias means.
type AliasSave struct {
	Targets  []AliasTarget `json:"targets" required:"true" minlen:"1" maxlen:"20" doc:"The models that it leads to."`
	Keys     []string      `json:"keys,omitempty" maxlen:"1000" doc:"Ids of the API keys that it is there for; all if absent."`
	Defaults AliasDefaults `json:"defaults,omitzero" doc:"Parameters of calls that do not bring their own."`
	CacheTTL int           `json:"cache_ttl,omitzero" min:"0" max:"604800" doc:"Seconds for which answers are remembered and given to the same requests; 0, the default, for not at all."`
}

// AliasTarget is a model that an alias leads to.
type AliasTarget struct {
	Provider   string `json:"provider" required:"true" maxlen:"64" doc:"The slug of the provider."`
	Model      string `json:"model" required:"true" minlen:"1" maxlen:"256" doc:"As the provider names it."`
	Credential string `json:"credential,omitempty" maxlen:"64" doc:"The name of the stored key to use; any of the provider's if absent."`
	Order      int    `json:"order" default:"0" min:"0" max:"100" doc:"Calls go to the targets of the lowest order that are well."`
	Weight     int    `json:"weight" default:"1" min:"1" max:"1000" doc:"The part of the calls that the target gets among those of its order."`
}

// AliasDefaults are parameters of calls that do not bring their own.
type AliasDefaults struct {
	MaxTokens        int                 `json:"max_tokens,omitzero" min:"1" doc:"The largest number of tokens to generate."`
	Temperature      *float64            `json:"temperature,omitzero" min:"0" max:"5"`
	TopP             *float64            `json:"top_p,omitzero" min:"0" max:"1"`
	PresencePenalty  *float64            `json:"presence_penalty,omitzero" min:"-2" max:"2"`
	FrequencyPenalty *float64            `json:"frequency_penalty,omitzero" min:"-2" max:"2"`
	Stop             llm.Stop            `json:"stop,omitzero" doc:"Texts at which the model stops."`
	Seed             *int64              `json:"seed,omitzero" min:"-9007199254740991" max:"9007199254740991"`
	ResponseFormat   *llm.ResponseFormat `json:"response_format,omitzero"`
	ReasoningEffort  llm.Effort          `json:"reasoning_effort,omitzero" doc:"A level, or a number of tokens."`
}
