package relay

import (
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// speaks reports whether a provider takes the request as its client wrote it.
func speaks(d llm.Driver, slug string, r *llm.Request) bool {
	if h := r.Native.Holder; h != nil && h.Provider != slug {
		return false
	}
	speaker, ok := d.(llm.Speaker)
	return ok && speaker.Speaks(r)
}

// hold leaves of the candidates the one that keeps what the request goes on from, if there is one. All others get the request translated.
func (c *choice) hold() {
	i := slices.IndexFunc(c.candidates, (*candidate).holds)
	if i >= 0 {
		c.candidates = c.candidates[i : i+1]
		return
	}
	for _, t := range c.candidates {
		if n := t.request.Native; n != nil && n.Holder != nil {
			t.request.Native, t.setup = nil, n.Portable
		}
	}
}

// holds reports whether t is the account that keeps what its request goes on from.
func (t *candidate) holds() bool {
	n := t.request.Native
	return n != nil && n.Holder != nil && n.Holder.Credential == t.credential
}

// Kept does what k says with an answer that h keeps, but for the credentials, which are those of h. Errors: resource_not_found if the provider
// has no such answer, or its key is stored no more; and those of calls.
func (r *Relay) Kept(ctx context.Context, h llm.Holder, k llm.Kept) (json.Value, error) {
	p, c, err := r.credentialNamed(ctx, h.Provider, h.Credential)
	if err != nil {
		return nil, err
	}
	keeper, able := p.Driver.(llm.Keeper)
	if c == nil || !able {
		return nil, errs.New(errs.ResourceNotFound, "%s keeps the answer, and the key that it was made with is stored no more.", p.Display)
	}
	k.Credentials = c.Credentials
	return keeper.Kept(ctx, &k)
}
