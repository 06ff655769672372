package admin

import (
	"context"
	"strings"
	"time"
	"unicode"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/show"
)

// APIKey is an API key. Its secret is shown once, when it is made.
type APIKey struct {
	ID         string           `json:"id"`
	Name       string           `json:"name"`
	Role       auth.Role        `json:"role" enum:"admin,developer,member"`
	Priority   auth.Priority    `json:"priority" enum:"critical,interactive,batch" doc:"Which calls go on when the server has more than it can do."`
	Hint       string           `json:"hint" doc:"The last characters of the secret."`
	CreatedAt  time.Time        `json:"created_at"`
	CreatedBy  *v5.UserResponse `json:"created_by,omitempty" doc:"The key that made it; absent if the command line or the server did."`
	LastUsedAt *time.Time       `json:"last_used_at,omitempty" doc:"Within five minutes; absent for a key that was never used."`
	RevokedAt  *time.Time       `json:"revoked_at,omitempty" doc:"Absent while the key is valid."`
	Secret     string           `json:"secret,omitempty" doc:"Only in the answer to the request that made the key."`
}

// APIKeyCreate makes a key.
type APIKeyCreate struct {
	Name     string        `json:"name" required:"true" minlen:"1" maxlen:"200"`
	Role     auth.Role     `json:"role" required:"true" enum:"admin,developer,member"`
	Priority auth.Priority `json:"priority,omitempty" enum:"critical,interactive,batch" default:"interactive" doc:"Which calls go on when the server has more than it can do."`
}

// APIKeyUpdate changes a key. What is absent stays as it is.
type APIKeyUpdate struct {
	Name     *string       `json:"name,omitempty" minlen:"1" maxlen:"200"`
	Priority auth.Priority `json:"priority,omitempty" enum:"critical,interactive,batch" doc:"Of its calls from now on."`
}

// Rename gives something another name.
type Rename struct {
	Name string `json:"name" required:"true" minlen:"1" maxlen:"200"`
}

func (a *handlers) keysList(ctx context.Context, _ *none) (*v5.Records[APIKey], error) {
	all, err := a.o.DB.Keys(ctx)
	if err != nil {
		return nil, err
	}
	authors := map[string]*v5.UserResponse{}
	for i := range all {
		authors[all[i].ID] = v5.AuthorOf(&all[i])
	}
	out := &v5.Records[APIKey]{Records: make([]APIKey, 0, len(all))}
	for i := range all {
		out.Records = append(out.Records, keyOf(&all[i], authors[all[i].CreatedBy]))
	}
	return out, nil
}

func keyOf(k *auth.APIKey, by *v5.UserResponse) APIKey {
	return APIKey{
		ID: k.ID, Name: k.Name, Role: k.Role, Priority: k.Priority, Hint: k.Hint, CreatedAt: k.CreatedAt, CreatedBy: by, LastUsedAt: show.Time(k.UsedAt), RevokedAt: show.Time(k.RevokedAt),
	}
}

type createKey struct {
	Body APIKeyCreate `body:"json"`
}

func (a *handlers) keysCreate(ctx context.Context, in *createKey) (*APIKey, error) {
	name, err := cleanName(in.Body.Name)
	if err != nil {
		return nil, err
	}
	secret, now := auth.NewSecret(), a.o.Now()
	k := auth.APIKey{ID: ids.New(ids.Key, now), Name: name, Role: in.Body.Role, Priority: in.Body.Priority, Hash: auth.HashSecret(secret), Hint: auth.Hint(secret), CreatedAt: now}
	if err := a.o.DB.CreateKey(ctx, k); err != nil {
		return nil, err
	}
	out, err := a.key(ctx, k.ID)
	if err == nil {
		out.Secret = secret
	}
	return out, err
}

type updateKey struct {
	ID   string       `path:"id"`
	Body APIKeyUpdate `body:"json"`
}

func (a *handlers) keysUpdate(ctx context.Context, in *updateKey) (*APIKey, error) {
	if in.Body.Name != nil {
		name, err := cleanName(*in.Body.Name)
		if err == nil {
			err = a.o.DB.RenameKey(ctx, in.ID, name)
		}
		if err != nil {
			return nil, err
		}
	}
	if in.Body.Priority != "" {
		if err := a.o.DB.SetKeyPriority(ctx, in.ID, in.Body.Priority); err != nil {
			return nil, err
		}
	}
	return a.key(ctx, in.ID)
}

func (a *handlers) keysRevoke(ctx context.Context, in *byID) error {
	return a.o.DB.RevokeKey(ctx, in.ID)
}

// key shows a key as it is in the list.
func (a *handlers) key(ctx context.Context, id string) (*APIKey, error) {
	all, err := a.keysList(ctx, nil)
	if err != nil {
		return nil, err
	}
	for i := range all.Records {
		if all.Records[i].ID == id {
			return &all.Records[i], nil
		}
	}
	return nil, errs.New(errs.ResourceNotFound, "API key `%s` does not exist.", id)
}

// cleanName returns a name without blanks around it. Errors: validation_failed for one without anything else, and for control characters.
func cleanName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || strings.ContainsFunc(name, unicode.IsControl) {
		return "", errs.Invalid("A name needs a character that is not blank, and has no control characters.", "name")
	}
	return name, nil
}
