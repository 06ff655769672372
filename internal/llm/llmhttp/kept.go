package llmhttp

import (
	"context"
	"maps"
	"net/http"
	"net/url"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// Kept implements [llm.Keeper] for a wire that finds an answer below the place at which it was made. The wire signs nothing.
func (d *Driver) Kept(ctx context.Context, k *llm.Kept) (json.Value, error) {
	r := &llm.Request{Credentials: k.Credentials}
	endpoint, foreign, err := d.place.Of(r)
	if err != nil {
		return nil, err
	}
	u := endpoint(r, false).JoinPath(url.PathEscape(k.ID), k.Below)
	query := u.Query()
	maps.Copy(query, k.Query)
	u.RawQuery = query.Encode()
	call := failure.Call{Vendor: d.wire.Vendor, Secrets: []string{k.Credentials.Key}}
	out, err := d.http.Do(ctx, call, Request{Method: k.Method, URL: u, Header: d.wire.Header(k.Credentials.Key), Foreign: foreign})
	if err != nil {
		return nil, gone(spoken(err))
	}
	if json.Kind(out.Body) != '{' {
		return nil, call.Malformed(out.Header, out.Body)
	}
	return out.Body, nil
}

// gone returns err, of an answer that is not there, as resource_not_found.
func gone(err error) error {
	if e := errs.From(err); e.ProviderStatus == http.StatusNotFound {
		return e.With(func(e *errs.Error) { e.Reason = errs.ResourceNotFound })
	}
	return err
}
