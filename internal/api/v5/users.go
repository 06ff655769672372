package v5

import (
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// UserResponse is an author: an API key, or somebody who made what comes from elsewhere. Its members are those of the contract of 2024-10. Clients require the id
// and the address.
type UserResponse struct {
	ID           string  `json:"id" doc:"The id of the API key, or of somebody elsewhere."`
	EmailAddress string  `json:"email_address" doc:"Empty for an API key."`
	FullName     *string `json:"full_name" doc:"The name of the API key."`
}

// AuthorOf returns k on the wire.
func AuthorOf(k *auth.APIKey) *UserResponse {
	out := &UserResponse{ID: k.ID}
	if k.Name != "" {
		out.FullName = &k.Name
	}
	return out
}

// OtherAuthor returns somebody on the wire who made what comes from elsewhere.
func OtherAuthor(id, name, email string) *UserResponse {
	out := &UserResponse{ID: id, EmailAddress: email}
	if name != "" {
		out.FullName = &name
	}
	return out
}

// FreeObject is an object with any members. Members of this type are always null.
type FreeObject struct{}

// JSONSchema implements [schema.Schemer].
func (FreeObject) JSONSchema() *schema.Schema { return schema.MapOf(schema.Any()) }
