package relay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/models"
)

// Tested is the result of a successful test of a provider's key.
type Tested struct {
	Provider string
	Model    string        // that was asked
	Latency  time.Duration // of the call
}

// A test asks for very little output. Reasoning models need more room, or some providers refuse.
const (
	testTokens   = 16
	testThinking = 1024
	testTimeout  = time.Minute
	testedAtMost = 3 // models, when those asked first do not exist for this key
)

// TestProviderKey tests the key that calls of a provider use if they bring none: the stored key, the default one of several, or else that of the
// environment. It makes
// the cheapest real call and makes no Log; [Relay.Providers] tells the last outcome. An empty model selects the cheapest known chat model of the
// provider. The error is the one that a call would fail with, or validation_failed if the caller has to name a model.
func (r *Relay) TestProviderKey(ctx context.Context, slug, model string) (Tested, error) {
	p, all, err := r.allCredentials(ctx, slug, nil)
	if err != nil {
		return Tested{}, err
	}
	if all, err = p.usable(slug, all); err != nil {
		return Tested{}, err
	}
	return r.testCredential(ctx, p, &all[primary(all, func(c *credential) string { return c.Name })], slug, model)
}

// TestCredential is [Relay.TestProviderKey] for the stored key of a name. Errors: resource_not_found if there is none.
func (r *Relay) TestCredential(ctx context.Context, slug, name, model string) (Tested, error) {
	p, c, err := r.credentialNamed(ctx, slug, name)
	switch {
	case err != nil:
		return Tested{}, err
	case c == nil:
		return Tested{}, errs.New(errs.ResourceNotFound, "No key %q is stored for the provider %q.", name, slug)
	}
	return r.testCredential(ctx, p, c, slug, model)
}

// testCredential tests a key and keeps the outcome. One that works is taken back into rotation.
func (r *Relay) testCredential(ctx context.Context, p Provider, c *credential, slug, model string) (Tested, error) {
	tested, err := r.testKey(ctx, p, c.Credentials, slug, model)
	if err == nil {
		r.health.Tested(account(slug, c))
	}
	if !Cancelled(err) && !errs.Is(err, errs.ValidationFailed) {
		r.noteTest(keyID{slug, c.Name}, model, tested, err)
	}
	return tested, err
}

func (r *Relay) testKey(ctx context.Context, p Provider, credentials llm.Credentials, slug, model string) (Tested, error) {
	candidates := []string{model}
	if model == "" {
		candidates = cheapest(r.o.Models, slug, r.o.Now())
	}
	if len(candidates) == 0 {
		return Tested{}, noModel(&p, "model")
	}
	var first error
	for _, name := range candidates[:min(len(candidates), testedAtMost)] {
		started := r.o.Now()
		err := r.tryKey(ctx, p, slug, name, credentials)
		if err == nil {
			return Tested{Provider: slug, Model: name, Latency: r.o.Now().Sub(started)}, nil
		}
		first = cmp.Or(first, err)
		if !errs.Is(err, errs.ModelNotFound) {
			return Tested{}, err
		}
	}
	return Tested{}, first
}

// noModel is the failure of a test for which no model is known, at the place where one can be named.
func noModel(p *Provider, place string) error {
	e := errs.Invalid("No model of "+p.Display+" is known to test with: name one.", place)
	e.Violations[0].Type = "missing"
	return e
}

func (r *Relay) tryKey(ctx context.Context, p Provider, slug, model string, credentials llm.Credentials) error {
	q := llm.Request{
		Model: model, Messages: []llm.Message{{Role: llm.User, Content: llm.Text("Say OK.")}}, MaxTokens: testTokens, Credentials: credentials,
	}
	if known, ok := r.o.Models.Lookup(slug, model); ok && known.Reasoning {
		q.MaxTokens = testThinking
	}
	within, cancel := context.WithTimeout(ctx, testTimeout)
	defer cancel()
	_, err := p.Driver.Generate(within, &q)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return &errs.Error{
			Reason: errs.Timeout, Provider: slug, Model: model, Err: err,
			Message: fmt.Sprintf("%s did not answer the test within %v seconds.", p.Display, testTimeout.Seconds()),
		}
	}
	return err
}

// cheapest lists the chat models of a provider that have a price and are not retired, in the order in which a test tries them: by price,
// with reasoning models after the others. Free models come last, because their limits say little about a key.
func cheapest(known *models.Registry, slug string, now time.Time) []string {
	today := now.UTC().Format(time.DateOnly)
	var found []*models.Model
	for m := range known.All() {
		retired := m.Retired != "" && m.Retired <= today
		if m.Provider == slug && m.ID != models.Any && m.Kind == models.Chat && m.Price != nil && !retired {
			found = append(found, m)
		}
	}
	slices.SortStableFunc(found, func(a, b *models.Model) int {
		return cmp.Or(falseFirst(a.Price.Rates == models.Rates{}, b.Price.Rates == models.Rates{}), falseFirst(a.Reasoning, b.Reasoning),
			cmp.Compare(a.Price.Input+a.Price.Output, b.Price.Input+b.Price.Output))
	})
	ids := make([]string, 0, len(found))
	for _, m := range found {
		ids = append(ids, m.ID)
	}
	return ids
}

func falseFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}
