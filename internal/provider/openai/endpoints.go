package openai

import (
	"net/url"
	"strings"

	"openloop/internal/llm"
	"openloop/internal/llm/llmhttp"
)

// endpoints are the URLs below one base URL.
type endpoints struct {
	base                      string
	chat, complete, responses *url.URL
	models                    llmhttp.Base // when each model has URLs of its own
	deployed                  bool
}

const unversioned = "/openai/v1" // ends the base URLs at which Azure takes the model in the body

func newEndpoints(v *Vendor, base string) (*endpoints, error) {
	b, err := llmhttp.ParseBase(base)
	if err != nil {
		return nil, err
	}
	u := b.Join("")
	switch {
	case v.Deployments != "" && !strings.HasSuffix(u.Path, unversioned):
		return deployments(v, base, u)
	case v.Path != "" && u.Path == "":
		b, err = llmhttp.ParseBase(u.JoinPath(v.Path).String())
	}
	return &endpoints{base: base, chat: b.Join(chatPath), complete: b.Join(completePath), responses: b.Join(responsesPath)}, err
}

// deployments are the endpoints of a vendor whose models have URLs of their own; u is base, parsed. A version in base wins.
func deployments(v *Vendor, base string, u *url.URL) (*endpoints, error) {
	const version = "api-version"
	if query := u.Query(); query.Get(version) == "" {
		query.Set(version, v.Deployments)
		u.RawQuery = query.Encode()
	}
	u.Path = strings.TrimSuffix(u.Path, "/openai")
	b, err := llmhttp.ParseBase(u.String())
	return &endpoints{base: base, models: b, deployed: true, responses: b.Join("/openai/responses")}, err
}

// url is where r is sent.
func (e *endpoints) url(r *llm.Request) *url.URL {
	switch {
	case r.Endpoint == llm.Responses:
		return e.responses
	case e.deployed && r.Endpoint == llm.Complete:
		return e.models.Join("/openai/deployments/" + url.PathEscape(r.Model) + "/completions")
	case e.deployed:
		return e.models.Join("/openai/deployments/" + url.PathEscape(r.Model) + "/chat/completions")
	case r.Endpoint == llm.Complete:
		return e.complete
	default:
		return e.chat
	}
}
