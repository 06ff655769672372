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
	Keys        int        `json:"keys,omitzero" doc:"How many keys are stored, if there are several. The other members are about the one named default."`
	Environment bool       `json:"environment" doc:"Whether the server's settings have a key, which is used while none is stored."`
}

// ProviderKeySave stores a key.
type ProviderKeySave struct {
	Key     string `json:"key" required:"true" minlen:"1" maxlen:"16384" doc:"The key as issued by the provider. A masked key is refused."`
	BaseURL string `json:"base_url,omitempty" maxlen:"2048" doc:"Replaces the provider's usual address; has the same meaning as in the provider's own SDK."`
}

// Credential is one of the keys that are stored for a provider. It never contains the key.
type Credential struct {
	Name      string     `json:"name"`
	Hint      string     `json:"hint,omitempty" doc:"The last four characters of the key."`
	BaseURL   string     `json:"base_url,omitempty" doc:"Where calls with the key go, if it is not the provider's usual address."`
	Order     int        `json:"order" doc:"Calls use the keys of the lowest order that are well."`
	Weight    int        `json:"weight" doc:"The part of the calls that the key gets among those of its order."`
	Models    []string   `json:"models,omitempty" doc:"The models that the key is for; all if absent."`
	CreatedAt *time.Time `json:"created_at" doc:"When a key of this name was first stored."`
	UpdatedAt *time.Time `json:"updated_at" doc:"When the current key was stored."`
	CreatedBy string     `json:"created_by,omitempty" doc:"The API key that stored it."`
}

// Rotation is the part that a key has in the calls of its provider.
type Rotation struct {
	Order  int      `json:"order" default:"0" min:"0" max:"100" doc:"Calls use the keys of the lowest order that are well."`
	Weight int      `json:"weight" default:"1" min:"1" max:"1000" doc:"The part of the calls that the key gets among those of its order."`
	Models []string `json:"models,omitempty" doc:"The models that the key is for, as the provider names them. A * at the end stands for any rest. All if absent."`
}

// CredentialSave stores a key under a name.
type CredentialSave struct {
	ProviderKeySave
	Rotation
	TestModel string `json:"test_model,omitempty" maxlen:"512" doc:"The model that is asked with the key before it is stored; the cheapest known one by default."`
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
