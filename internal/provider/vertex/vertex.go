// Package vertex calls the models of Google Vertex AI in the wire format of their publisher, with the token of the call or with the
// server's own Google credentials.
//
// A model is named as Google names it ("gemini-2.5-pro", "claude-sonnet-4-5@20250929"), or with its publisher
// ("google/gemini-2.5-pro", "publishers/anthropic/models/claude-sonnet-4-5"). Models of Google and Anthropic are supported. Without a
// publisher, a name that starts with "claude" belongs to Anthropic, and any other to Google. A Prompt is translated as by the drivers
// of the two publishers, except that Gemini gets no ids of function calls, and Claude no URLs of images: Vertex AI refuses both.
package vertex

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// Slug is the provider's name in a Prompt.
const Slug = "vertex_ai"

// baseURL is where the models of a location are called: "global", a multi-region ("us", "eu") or a region ("europe-west1").
func baseURL(location string) string {
	switch location {
	case "global":
		return "https://aiplatform.googleapis.com"
	case "us", "eu":
		return "https://aiplatform." + location + ".rep.googleapis.com"
	default:
		return "https://" + location + "-aiplatform.googleapis.com"
	}
}

// pathOf is the path before "/models/" of a publisher's models.
func pathOf(project, location, publisher string) string {
	return "/v1/projects/" + url.PathEscape(project) + "/locations/" + url.PathEscape(location) + "/publishers/" + publisher
}

// Options configures a Driver.
type Options struct {
	Project string // if "", every call fails and says so

	// Drivers of the publishers' wire formats. They take an access token as the key.
	Google, Anthropic llm.Driver

	Credentials Credentials       // the server's own, for calls without a token; nil means none
	Transport   http.RoundTripper // to Google's token service; nil means http.DefaultTransport
}

// Driver implements [llm.Driver], [llm.Embedder] and [llm.Counter]. It is safe for concurrent use.
type Driver struct {
	o      Options
	vendor failure.Vendor
	tokens *tokens
}

// New returns a driver. It does not look for credentials before a call needs them.
func New(o Options) *Driver {
	return &Driver{o: o, vendor: failure.VendorOf(Slug), tokens: newTokens(o.Credentials, o.Transport)}
}

// Generate implements [llm.Driver].
func (d *Driver) Generate(ctx context.Context, r *llm.Request) (*llm.Response, error) {
	publisher, out, err := d.prepare(ctx, r)
	if err != nil {
		return nil, err
	}
	return publisher.Generate(ctx, out)
}

// Stream implements [llm.Driver].
func (d *Driver) Stream(ctx context.Context, r *llm.Request) iter.Seq2[llm.Event, error] {
	return func(yield func(llm.Event, error) bool) {
		publisher, out, err := d.prepare(ctx, r)
		if err != nil {
			yield(llm.Event{}, err)
			return
		}
		publisher.Stream(ctx, out)(yield)
	}
}

// Placed reports whether calls have a project to go to.
func (d *Driver) Placed() bool { return d.o.Project != "" }

// Embed implements [llm.Embedder].
func (d *Driver) Embed(ctx context.Context, r *llm.Request) (*llm.Response, error) {
	publisher, out, err := d.prepare(ctx, r)
	if err != nil {
		return nil, err
	}
	if e, ok := publisher.(llm.Embedder); ok {
		return e.Embed(ctx, out)
	}
	return nil, llm.Unsupported("endpoint", "The publisher of %s makes no embeddings.", r.Model)
}

// Count implements [llm.Counter].
func (d *Driver) Count(ctx context.Context, r *llm.Request) (int64, error) {
	publisher, out, err := d.prepare(ctx, r)
	if err != nil {
		return 0, err
	}
	if c, ok := publisher.(llm.Counter); ok {
		return c.Count(ctx, out)
	}
	return 0, llm.Unsupported("endpoint", "The publisher of %s counts no tokens.", r.Model)
}

// Speaks implements [llm.Speaker].
func (d *Driver) Speaks(r *llm.Request) bool {
	publisher, name := split(r.Model)
	speaker, ok := d.o.Anthropic.(llm.Speaker)
	return ok && publisher == "anthropic" && !strings.Contains(name, "/") && speaker.Speaks(r)
}

// prepare finds the driver of a call, and completes the call with a token.
func (d *Driver) prepare(ctx context.Context, r *llm.Request) (llm.Driver, *llm.Request, error) {
	if d.o.Project == "" {
		return nil, nil, &errs.Error{
			Reason: errs.EndpointNotFound, Provider: Slug, Model: r.Model,
			Message: d.vendor.Display + " is called in a project, and none is set. Set VERTEX_AI_PROJECT on the server.",
		}
	}
	publisher, name := split(r.Model)
	driver := map[string]llm.Driver{"google": d.o.Google, "anthropic": d.o.Anthropic}[publisher]
	if driver == nil || strings.Contains(name, "/") {
		return nil, nil, &errs.Error{
			Reason: errs.ModelNotFound, Provider: Slug, Model: r.Model, Param: "model",
			Message: "Of " + d.vendor.Display + " this server calls the models of Google and Anthropic, by their names or as PUBLISHER/NAME.",
		}
	}
	out := *r
	out.Model = name
	if out.Credentials.Key != "" {
		return driver, &out, nil
	}
	var err error
	out.Credentials.Key, err = d.tokens.get(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	if err != nil {
		return nil, nil, d.denied(r, err)
	}
	return driver, &out, nil
}

// split takes the name of a model apart.
func split(model string) (publisher, name string) {
	if full, ok := strings.CutPrefix(model, "publishers/"); ok {
		publisher, name, _ = strings.Cut(full, "/models/")
		return publisher, name
	}
	publisher, name, ok := strings.Cut(model, "/")
	switch {
	case ok:
		return publisher, name
	case strings.HasPrefix(model, "claude"):
		return "anthropic", model
	default:
		return "google", model
	}
}
