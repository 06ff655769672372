package openai

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/provider/openai/naming"
	"github.com/openloop-server/openloop/internal/vendor"
)

const unversioned = "/openai/v1" // ends the base URLs at which Azure takes the model in the body

// pathOf is the path of an endpoint below the version of the API.
func pathOf(e llm.Endpoint) string {
	switch e {
	case llm.Complete:
		return "/completions"
	case llm.Responses:
		return "/responses"
	case compaction:
		return "/" + string(compaction)
	case llm.Embeddings:
		return "/embeddings"
	default:
		return "/chat/completions"
	}
}

// moved returns r, or if it is a chat with functions for a model of OpenAI that calls them on Responses alone, the same request there. One that says
// what only chats have stays.
func (v *Vendor) moved(r *llm.Request) *llm.Request {
	if !v.Encrypts || len(r.Tools) == 0 || cmp.Or(r.Endpoint, llm.Chat) != llm.Chat || len(r.Other) > 0 || !naming.ToolsOnResponses(r.Model, r.Effort.Level) {
		return r
	}
	there := *r
	there.Native, there.Endpoint = nil, llm.Responses
	if llm.Refuse(v.Display, Declare(vendor.Vendor(*v)).Endpoints, &there) != nil || check(v, &there) != nil {
		return r
	}
	return &there
}

// below is where the calls of an endpoint go below a base URL.
func (v *Vendor) below(e llm.Endpoint, base string) (llmhttp.Endpoint, error) {
	b, err := llmhttp.ParseBase(base)
	if err != nil {
		return nil, err
	}
	u := b.Join("")
	switch {
	case v.Deployments != "" && !strings.HasSuffix(u.Path, unversioned):
		return v.deployments(e, u)
	case v.Path != "" && u.Path == "":
		if b, err = llmhttp.ParseBase(u.JoinPath(v.Path).String()); err != nil {
			return nil, err
		}
	}
	return always(b.Join(pathOf(e))), nil
}

// deployments is below for a vendor whose models have URLs of their own; u is the base URL. A version in it wins.
func (v *Vendor) deployments(e llm.Endpoint, u *url.URL) (llmhttp.Endpoint, error) {
	const version = "api-version"
	if query := u.Query(); query.Get(version) == "" {
		query.Set(version, v.Deployments)
		u.RawQuery = query.Encode()
	}
	u.Path = strings.TrimSuffix(u.Path, "/openai")
	b, err := llmhttp.ParseBase(u.String())
	if err != nil {
		return nil, err
	}
	if e == llm.Responses || e == compaction {
		return always(b.Join("/openai" + pathOf(e))), nil
	}
	return func(r *llm.Request, _ bool) *url.URL {
		return b.Join("/openai/deployments/" + url.PathEscape(r.Model) + pathOf(e))
	}, nil
}

func always(u *url.URL) llmhttp.Endpoint { return func(*llm.Request, bool) *url.URL { return u } }
