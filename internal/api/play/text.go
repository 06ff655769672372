package play

import (
	"context"
	"reflect"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/promptfile"
	"github.com/openloop-server/openloop/internal/web"
)

// Contents is how content C of a kind, K on the wire, is read from requests and written as the text of a file.
type Contents[C, K any] struct {
	o       Options
	kind    file.Kind
	parse   func(string) (*C, error)
	content func(*K) *C
	kernel  func(*C) K
	format  func(*C) (string, error)
}

// Inline returns the content in a request, or nil if there is none.
func (c *Contents[C, K]) Inline(in *v5.Inline[K]) (*C, error) {
	switch {
	case !in.Given:
		return nil, nil
	case in.Kernel != nil:
		return c.content(in.Kernel), nil
	}
	content, _, err := c.read(in.Text)
	return content, err
}

// read parses a text. It follows the same rules as JSON.
func (c *Contents[C, K]) read(text string) (*C, *K, error) {
	content, err := c.parse(text)
	if err != nil {
		return nil, nil, err
	}
	kernel := c.kernel(content)
	return content, &kernel, c.o.Conform(reflect.TypeFor[K](), kernel, string(c.kind))
}

// promptContent is a Prompt that is not saved.
type promptContent struct {
	Prompt v5.InlinePrompt `json:"prompt" required:"true" doc:"The content, or the text of its file."`
}

// agentContent is an Agent that is not saved.
type agentContent struct {
	Agent v5.InlineAgent `json:"agent" required:"true" doc:"The content, or the text of its file."`
}

type body[Req any] struct {
	Body Req `body:"json"`
}

type version struct {
	ID          string `path:"id"`
	VersionID   string `query:"version_id" doc:"The version. Either this or environment; by default the version deployed to the default environment."`
	Environment string `query:"environment" doc:"The name of an environment; the version deployed there is used."`
}

// contentRoutes returns the operations between contents and texts. text and unsaved are what requests have of either.
func contentRoutes[TextReq, Req, C, K any](c *Contents[C, K], text func(*TextReq) string, unsaved func(*Req) *v5.Inline[K]) []web.Route {
	spec := c.kind.Spec()
	base, tag, suffix := "/v5/"+spec.Plural, spec.Title+"s", "."+string(spec.Kind)
	deserialize := func(_ context.Context, in *body[TextReq]) (*K, error) {
		_, kernel, err := c.read(text(&in.Body))
		return kernel, err
	}
	serialize := func(_ context.Context, in *body[Req]) (string, error) {
		content, err := c.Inline(unsaved(&in.Body))
		if err != nil {
			return "", err
		}
		return c.format(content)
	}
	return []web.Route{
		{Method: "GET", Path: base + "/{id}/serialize", ID: spec.Plural + ".serialize", Tag: tag, Role: auth.Member, Summary: "Get a version as the text of its " + suffix + " file", Op: web.Text(c.serialize)},
		{Method: "POST", Path: base + "/serialize", ID: spec.Plural + ".serialize_content", Tag: tag, Role: auth.Member, Summary: "Write an unsaved content as the text of a " + suffix + " file", Op: web.Text(serialize)},
		{Method: "POST", Path: base + "/deserialize", ID: spec.Plural + ".deserialize", Tag: tag, Role: auth.Member, Summary: "Read the text of a " + suffix + " file", Op: web.JSON(deserialize)},
	}
}

// format writes an unsaved content as a saved one is written.
func format[C any, P promptfile.Content[C]](content *C) (string, error) {
	P(content).Normalize()
	return promptfile.Format(P(content))
}

func (c *Contents[C, K]) serialize(ctx context.Context, in *version) (string, error) {
	snap, err := c.o.Catalog.Find(ctx, c.kind, file.Ref{ID: in.ID, VersionID: in.VersionID, Environment: in.Environment})
	if err != nil {
		return "", err
	}
	opened, err := c.o.Catalog.Opened(&snap)
	if err != nil {
		return "", err
	}
	return promptfile.Format(opened.Content)
}
