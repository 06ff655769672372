package api

import (
	"context"
	"reflect"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/promptfile"
	"github.com/openloop-server/openloop/internal/web"
)

// textForm is how content C of a kind, K on the wire, is written as the text of a file.
type textForm[C, K any] struct {
	api     *API
	kind    file.Kind
	parse   func(string) (*C, error)
	content func(*K) *C
	kernel  func(*C) K
}

func (a *API) promptText() *textForm[file.Prompt, v5.PromptKernel] {
	return &textForm[file.Prompt, v5.PromptKernel]{a, file.PromptKind, promptfile.Parse[file.Prompt], (*v5.PromptKernel).Content, v5.KernelOf}
}

func (a *API) agentText() *textForm[file.Agent, v5.AgentKernel] {
	return &textForm[file.Agent, v5.AgentKernel]{a, file.AgentKind, promptfile.Parse[file.Agent], (*v5.AgentKernel).Content, v5.AgentKernelOf}
}

func promptTextRoutes(a *API, spec file.Spec) []web.Route {
	return textRoutes(a.promptText(), spec, func(b *v5.PromptText) string { return b.Prompt })
}

func agentTextRoutes(a *API, spec file.Spec) []web.Route {
	return textRoutes(a.agentText(), spec, func(b *v5.AgentText) string { return b.Agent })
}

type readText[Req any] struct {
	Body Req `body:"json"`
}

// textRoutes returns the operations of a form; text is the text in a request to read one.
func textRoutes[Req, C, K any](f *textForm[C, K], spec file.Spec, text func(*Req) string) []web.Route {
	base, tag, suffix := "/v5/"+spec.Plural, spec.Title+"s", "."+string(spec.Kind)
	deserialize := func(_ context.Context, in *readText[Req]) (*K, error) {
		_, kernel, err := f.read(text(&in.Body))
		return kernel, err
	}
	return []web.Route{
		{Method: "GET", Path: base + "/{id}/serialize", ID: spec.Plural + ".serialize", Tag: tag, Role: auth.Member, Summary: "Get a version as the text of its " + suffix + " file", Op: web.Text(f.serialize)},
		{Method: "POST", Path: base + "/deserialize", ID: spec.Plural + ".deserialize", Tag: tag, Role: auth.Member, Summary: "Read the text of a " + suffix + " file", Op: web.JSON(deserialize)},
	}
}

func (f *textForm[C, K]) serialize(ctx context.Context, in *version) (string, error) {
	snap, err := f.api.o.Catalog.Find(ctx, f.kind, in.ref())
	if err != nil {
		return "", err
	}
	opened, err := f.api.o.Catalog.Opened(&snap)
	if err != nil {
		return "", err
	}
	return promptfile.Format(opened.Content)
}

// read parses a text. It follows the same rules as JSON.
func (f *textForm[C, K]) read(text string) (*C, *K, error) {
	content, err := f.parse(text)
	if err != nil {
		return nil, nil, err
	}
	kernel := f.kernel(content)
	return content, &kernel, f.api.web.Conform(reflect.TypeFor[K](), kernel, string(f.kind))
}

// inline returns the content in a request, or nil if there is none.
func (f *textForm[C, K]) inline(in *v5.Inline[K]) (*C, error) {
	switch {
	case !in.Given:
		return nil, nil
	case in.Kernel != nil:
		return f.content(in.Kernel), nil
	}
	content, _, err := f.read(in.Text)
	return content, err
}
