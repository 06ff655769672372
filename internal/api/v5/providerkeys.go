package v5

import "time"

// ProviderKey describes the keys that calls of a provider can use. It never contains a key.
type ProviderKey struct {
	Provider    Provider   `json:"provider"`
	Name        string     `json:"name,omitempty" doc:"Display name. Absent if this server does not have the provider."`
	Stored      bool       `json:"stored" doc:"Whether a key is stored in the workspace."`
	Hint        string     `json:"hint,omitempty" doc:"The last four characters of the stored key."`
	BaseURL     string     `json:"base_url,omitempty" doc:"Where calls with the stored key go, if it is not the provider's usual address."`
	CreatedAt   *time.Time `json:"created_at,omitzero" doc:"When a key was first stored."`
	UpdatedAt   *time.Time `json:"updated_at,omitzero" doc:"When the current key was stored."`
	CreatedBy   string     `json:"created_by,omitempty" doc:"The API key that stored it."`
	Environment bool       `json:"environment" doc:"Whether the server's settings have a key, which is used while none is stored."`
}

// ProviderKeySave stores a key.
type ProviderKeySave struct {
	Key     string `json:"key" required:"true" minlen:"1" maxlen:"16384" doc:"The key as issued by the provider. A masked key is refused."`
	BaseURL string `json:"base_url,omitempty" maxlen:"2048" doc:"Replaces the provider's usual address; has the same meaning as in the provider's own SDK."`
}

// ProviderKeyTest requests a test.
type ProviderKeyTest struct {
	Model string `json:"model,omitempty" maxlen:"512" doc:"The model to ask; the cheapest known one by default."`
}

// ProviderKeyTested is the result of a successful test.
type ProviderKeyTested struct {
	OK       bool    `json:"ok"`
	Provider string  `json:"provider"`
	Model    string  `json:"model" doc:"The one that answered."`
	Latency  float64 `json:"latency" doc:"Seconds until the answer."`
}
