package bedrock

import (
	"context"
	"errors"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
)

// Credentials are either an Amazon Bedrock API key or AWS access keys. The zero value means none.
type Credentials struct {
	Bearer string // an API key; if set, the other fields are ignored

	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string // "" for a key without a session
}

func (c Credentials) secrets() []string {
	return []string{c.Bearer, c.AccessKeyID, c.SecretAccessKey, c.SessionToken}
}

// parseKey reads the key that a call brings along. Neither an API key nor a part of the other form can hold a colon.
func parseKey(key string) (Credentials, bool) {
	parts := strings.Split(strings.TrimSpace(key), ":")
	for _, p := range parts {
		if p == "" || strings.ContainsFunc(p, unprintable) {
			return Credentials{}, false
		}
	}
	switch len(parts) {
	case 1:
		return Credentials{Bearer: parts[0]}, true
	case 2:
		return Credentials{AccessKeyID: parts[0], SecretAccessKey: parts[1]}, true
	case 3:
		return Credentials{AccessKeyID: parts[0], SecretAccessKey: parts[1], SessionToken: parts[2]}, true
	default:
		return Credentials{}, false
	}
}

// unprintable finds what cannot be in a header.
func unprintable(r rune) bool { return r <= ' ' || r > '~' }

const keyParam = "provider_api_keys." + slug

// credentials are those of the call, or else the server's own, which go to no base URL that a caller named.
func (a *account) credentials(ctx context.Context, r *llm.Request) (Credentials, error) {
	switch {
	case r.Credentials.Key != "":
		c, ok := parseKey(r.Credentials.Key)
		if !ok {
			return c, a.keyless(r, errs.InvalidAPIKey,
				"The key given for "+a.name.Display+" is neither an API key nor ACCESS_KEY_ID:SECRET_ACCESS_KEY, with or without :SESSION_TOKEN.", nil)
		}
		return c, nil
	case r.Credentials.BaseURL != "":
		return Credentials{}, a.keyless(r, errs.ProviderKeyMissing,
			"A call that brings a base URL of "+a.name.Display+" brings its key too: send "+keyParam+".", nil)
	}
	var c Credentials
	var err error
	if a.Credentials != nil {
		c, err = a.Credentials(ctx)
	}
	if err != nil && ctx.Err() != nil {
		return Credentials{}, ctx.Err()
	}
	if err != nil || c == (Credentials{}) {
		return Credentials{}, a.keyless(r, errs.ProviderKeyMissing,
			"There are no AWS credentials for "+a.name.Display+". Set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and "+
				"AWS_SECRET_ACCESS_KEY, on the server, or send "+keyParam+" with the call.", err)
	}
	return c, nil
}

// keyless is the error of a call that has no usable key. The operator sees the cause, without what a service of Amazon may have
// repeated of a key.
func (a *account) keyless(r *llm.Request, reason errs.Reason, message string, cause error) error {
	e := &errs.Error{Reason: reason, Provider: slug, Model: r.Model, Param: keyParam, Message: message}
	if cause != nil {
		e.Err = errors.New(errs.Redact(cause.Error()))
	}
	return e
}
