package llm

import (
	"context"
	"net/url"

	"github.com/openloop-server/openloop/internal/json"
)

// Holder is an account in which answers are kept.
type Holder struct {
	Provider   string // its slug
	Credential string // the name of a stored key; "" for that of the server's environment
}

// Kept is what is to be done with an answer that its provider keeps.
type Kept struct {
	ID          string // of the answer
	Method      string // of HTTP
	Below       string // what of the answer it is about, as "input_items"; "" for all of it
	Query       url.Values
	Credentials Credentials
}

// Keeper is a driver of a provider that keeps answers.
type Keeper interface {
	Driver
	// Kept does what k says, and returns what the provider answers. Errors: resource_not_found, and those of calls.
	Kept(ctx context.Context, k *Kept) (json.Value, error)
}
