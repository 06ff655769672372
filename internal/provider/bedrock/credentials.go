package bedrock

import (
	"context"
	"errors"
	"strings"

	"openloop/internal/errs"
	"openloop/internal/llm"
)

// Credentials are either an Amazon Bedrock API key or AWS access keys. The zero Credentials are none.
type Credentials struct {
	Bearer string // an API key; the other fields are not used then

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

// credentials are those of the call, or else the server's own.
func (d *Driver) credentials(ctx context.Context, r *llm.Request) (Credentials, error) {
	const param = "provider_api_keys." + slug
	if r.Credentials.Key != "" {
		c, ok := parseKey(r.Credentials.Key)
		if !ok {
			return Credentials{}, &errs.Error{
				Reason: errs.InvalidAPIKey, Provider: slug, Model: r.Model, Param: param,
				Message: "The key given for " + d.vendor.Display + " is neither an API key nor ACCESS_KEY_ID:SECRET_ACCESS_KEY, with or without :SESSION_TOKEN.",
			}
		}
		return c, nil
	}
	var c Credentials
	var err error
	if d.own.Credentials != nil {
		c, err = d.own.Credentials(ctx)
	}
	if err != nil && ctx.Err() != nil {
		return Credentials{}, ctx.Err()
	}
	if err != nil || c == (Credentials{}) {
		return Credentials{}, &errs.Error{
			Reason: errs.ProviderKeyMissing, Provider: slug, Model: r.Model, Param: param, Err: redacted(err),
			Message: "There are no AWS credentials for " + d.vendor.Display + ". Set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and " +
				"AWS_SECRET_ACCESS_KEY, on the server, or send " + param + " with the call.",
		}
	}
	return c, nil
}

// redacted is err for the operator: without credentials that a service of Amazon may have repeated.
func redacted(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(errs.Redact(err.Error()))
}
