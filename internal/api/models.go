package api

import (
	"cmp"
	"context"
	"strings"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/web"
)

func (a *API) modelRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Path: "/v5/models", ID: "models.list", Tag: "Models", Role: auth.Member, Summary: "List known models", Op: web.JSON(a.modelsList)},
	}
}

type listModels struct {
	Page     int    `query:"page" default:"1" min:"1" doc:"Counted from 1."`
	Size     int    `query:"size" default:"10" min:"0" doc:"Records per page."`
	Provider string `query:"provider" doc:"Only models of this provider, for example openai."`
	Name     string `query:"name" doc:"Part of the id or the name, in upper or lower case."`
}

func (a *API) modelsList(_ context.Context, in *listModels) (*v5.Page[v5.ModelResponse], error) {
	known, err := a.o.Relay.Models(in.Provider)
	if err != nil {
		return nil, err
	}
	out := &v5.Page[v5.ModelResponse]{Records: []v5.ModelResponse{}, Page: in.Page, Size: in.Size}
	wanted := strings.ToLower(in.Name)
	for m := range known {
		if !strings.Contains(strings.ToLower(m.ID), wanted) && !strings.Contains(strings.ToLower(m.Name), wanted) {
			continue
		}
		if in.Size > 0 && out.Total/in.Size == in.Page-1 {
			out.Records = append(out.Records, modelResponse(m))
		}
		out.Total++
	}
	return out, nil
}

func modelResponse(m *models.Model) v5.ModelResponse {
	return v5.ModelResponse{
		Provider: m.Provider, ID: m.ID, Name: cmp.Or(m.Name, m.ID), Kind: string(m.Kind), Price: priceOf(m.Price),
		ContextWindow: known(m.ContextWindow), MaxOutput: known(m.MaxOutput), Inputs: append([]string{}, m.Inputs...),
		Reasoning: m.Reasoning, Tools: m.Tools, JSONSchema: m.JSONSchema, Retired: known(m.Retired),
	}
}

// known returns v, or nil for the zero value.
func known[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func priceOf(p *models.Price) *v5.ModelPrice {
	if p == nil {
		return nil
	}
	out := &v5.ModelPrice{ModelRates: v5.ModelRates(p.Rates), Tiers: []v5.ModelTier{}}
	for _, t := range p.Tiers {
		out.Tiers = append(out.Tiers, v5.ModelTier{Above: t.Above, ModelRates: v5.ModelRates(t.Rates)})
	}
	return out
}
