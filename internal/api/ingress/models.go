package ingress

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/web"
)

// Model is something that a model can be named. It has the members that clients of OpenAI and of Anthropic read.
type Model struct {
	ID          string `json:"id"`
	Object      string `json:"object"`
	Type        string `json:"type"`
	Created     int64  `json:"created"` // Unix time in seconds
	CreatedAt   string `json:"created_at"`
	OwnedBy     string `json:"owned_by"`
	DisplayName string `json:"display_name"`
	MaxInput    int    `json:"max_input_tokens,omitzero"`
	MaxTokens   int    `json:"max_tokens,omitzero"`
	Openloop    *Facts `json:"openloop,omitzero"`
}

// Facts are what the catalogue says of a model beside the members that clients know.
type Facts struct {
	Kind   string   `json:"kind,omitempty"`
	Inputs []string `json:"inputs,omitempty"`
	Tools  *bool    `json:"tools,omitzero"`
}

// Models is a list as clients of OpenAI and of Anthropic read it.
type Models struct {
	Object  string  `json:"object"`
	Data    []Model `json:"data"`
	HasMore bool    `json:"has_more"`
	FirstID *string `json:"first_id"`
	LastID  *string `json:"last_id"`
}

// Page says which part of the list is asked for.
type Page struct {
	Provider string `query:"provider" doc:"Only models of this provider."`
	Limit    int    `query:"limit" min:"1" max:"10000" doc:"Names at most; all by default."`
	AfterID  string `query:"after_id"`
	BeforeID string `query:"before_id"`
}

// list returns the aliases that the caller can use, the names of the saved Prompts, and of the models of providers that have a key, without those that were retired.
func (s *Service) list(ctx context.Context, p *Page) (*Models, error) {
	all, err := s.names(ctx, p.Provider)
	if err != nil {
		return nil, err
	}
	out := &Models{Object: "list"}
	if out.Data, out.HasMore, err = p.of(all); err != nil {
		return nil, err
	}
	if n := len(out.Data); n > 0 {
		out.FirstID, out.LastID = &out.Data[0].ID, &out.Data[n-1].ID
	}
	return out, nil
}

// of returns the part of the list, and whether there is more of it, after it or, of a part that ends before a name, before it. Errors:
// validation_failed for a name that is not in the list.
func (p *Page) of(all []Model) (part []Model, more bool, err error) {
	from, to := 0, len(all)
	if p.AfterID != "" {
		if from = index(all, p.AfterID) + 1; from == 0 {
			return nil, false, errs.Invalid("No model of the list has this id.", "after_id")
		}
	}
	if p.BeforeID != "" {
		i := index(all, p.BeforeID)
		if i < 0 {
			return nil, false, errs.Invalid("No model of the list has this id.", "before_id")
		}
		to = max(i, from)
	}
	if more = p.Limit > 0 && to-from > p.Limit; more && p.BeforeID != "" {
		from = to - p.Limit
	} else if more {
		to = from + p.Limit
	}
	return all[from:to], more, nil
}

func index(all []Model, id string) int {
	return slices.IndexFunc(all, func(m Model) bool { return m.ID == id })
}

func (s *Service) names(ctx context.Context, provider string) ([]Model, error) {
	known, err := s.Relay.Models(provider)
	if err != nil {
		return nil, err
	}
	out := []Model{}
	if provider == "" {
		aliased, err := s.aliases(ctx)
		if err != nil {
			return nil, err
		}
		prompts, err := s.prompts(ctx)
		if err != nil {
			return nil, err
		}
		out = slices.Concat(out, aliased, prompts)
	}
	usable, today := map[string]bool{}, s.Now().UTC().Format(time.DateOnly)
	for m := range known {
		has, asked := usable[m.Provider]
		if !asked {
			has = s.Relay.Usable(ctx, m.Provider)
			usable[m.Provider] = has
		}
		if has && m.ID != models.Any && (m.Retired == "" || m.Retired > today) {
			out = append(out, ofCatalogue(m))
		}
	}
	return out, nil
}

// aliases are those that the caller can use and that stand for one name.
func (s *Service) aliases(ctx context.Context) ([]Model, error) {
	list, err := s.Aliases.Named(ctx)
	out := make([]Model, len(list))
	for i := range list {
		out[i] = s.ofAlias(&list[i], list[i].Name)
	}
	return out, err
}

// ofAlias describes an alias under one of its names. Of what its targets take it says what all do.
func (s *Service) ofAlias(a *store.Alias, name string) Model {
	out := named(name, ownerOfPrompts, a.CreatedAt)
	for i := range a.Targets {
		if m, ok := s.Relay.Model(a.Targets[i].Provider, a.Targets[i].Model); ok {
			out.MaxInput, out.MaxTokens = least(out.MaxInput, m.ContextWindow), least(out.MaxTokens, m.MaxOutput)
		}
	}
	return out
}

// least is the smaller of two limits, of which 0 is none.
func least(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// prompts are the saved Prompts, without those that calls of models are logged to.
func (s *Service) prompts(ctx context.Context) ([]Model, error) {
	files, err := s.DB.FileNames(ctx)
	if err != nil {
		return nil, err
	}
	out := []Model{}
	for _, f := range files {
		if f.Kind == file.PromptKind && !strings.HasPrefix(f.Path, directFolder) {
			out = append(out, named(promptPrefix+f.Path, ownerOfPrompts, time.Time{}))
		}
	}
	slices.SortFunc(out, func(a, b Model) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

func ofCatalogue(m *models.Model) Model {
	id := name(m.Provider, m.ID)
	out := named(id, m.Provider, time.Time{})
	out.DisplayName = strings.TrimSpace(m.Name)
	if out.DisplayName == "" {
		out.DisplayName = id
	}
	out.MaxInput, out.MaxTokens = m.ContextWindow, m.MaxOutput
	out.Openloop = &Facts{Kind: string(m.Kind), Inputs: m.Inputs, Tools: m.Tools}
	return out
}

func named(id, owner string, created time.Time) Model {
	if created.IsZero() {
		created = time.Unix(0, 0)
	}
	return Model{ID: id, Object: "model", Type: "model", Created: created.Unix(), CreatedAt: created.UTC().Format(time.RFC3339), OwnedBy: owner, DisplayName: id}
}

// ModelRoutes returns the operations on the names of models, below a prefix. A bare name is read as by clients of d.
func (s *Service) ModelRoutes(d Dialect, prefix string) []web.Route {
	type named struct {
		Model string `path:"model"`
	}
	one := func(ctx context.Context, in *named) (*Model, error) { return s.one(ctx, d, in.Model) }
	return []web.Route{
		{Method: "GET", Path: prefix + "/v1/models", ID: d.Owner + ".models", Summary: "List what a model can be named", Op: web.JSON(s.list)},
		{Method: "GET", Path: prefix + "/v1/models/{model...}", ID: d.Owner + ".model", Summary: "Describe what a name means", Op: web.JSON(one)},
	}
}

// one describes what a name means. Errors: model_not_found, and those of finding a Prompt.
func (s *Service) one(ctx context.Context, d Dialect, id string) (*Model, error) {
	t, err := s.Target(ctx, d, id, &Headers{})
	if err != nil {
		return nil, err
	}
	if t.Alias != nil {
		m := s.ofAlias(t.Alias, id)
		return &m, nil
	}
	if t.Model == nil {
		p, err := s.Catalog.Prompt(ctx, t.Ref)
		if err != nil {
			return nil, err
		}
		m := named(id, ownerOfPrompts, p.File.CreatedAt)
		return &m, nil
	}
	if known, ok := s.Relay.Model(t.Model.Provider, t.Model.Model); ok {
		out := ofCatalogue(known)
		out.ID = id
		if known.ID == models.Any {
			out.DisplayName = id
		}
		return &out, nil
	}
	return nil, errs.New(errs.ModelNotFound, "The catalogue has no model %q of %s.", t.Model.Model, t.Model.Provider).At("model")
}

const ownerOfPrompts = "openloop"
