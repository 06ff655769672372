package ingress

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/aliases"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/vendor"
)

const (
	promptPrefix = "prompt:"
	directFolder = "direct/" // of the Prompts that calls of models are logged to
)

// Target returns what a name means, by the first of these that fits:
//
//	prompt:support/answer[@which]                    a saved Prompt, by its path or id; an environment, or the id or the name of a version
//	fast                                              an alias that the caller can use
//	openai/gpt-5, openai:gpt-5, @openai/gpt-5         a model of a provider
//	gpt-5                                             a model of the dialect's owner, or of the one provider with a key that has it
//
// Errors: those of finding the Prompt; model_not_found for a bare name that none or several providers have.
func (s *Service) Target(ctx context.Context, d Dialect, name string, h *Headers) (Target, error) {
	if prompt, ok := strings.CutPrefix(name, promptPrefix); ok {
		ref, err := s.prompt(ctx, prompt, h.Environment)
		if e := errs.From(err); err != nil && e.Reason == errs.EnvironmentNotFound && h.Environment != "" {
			err = errs.Invalid(e.Message, headerEnvironment)
		}
		return Target{Ref: ref}, err
	}
	alias, err := s.Aliases.Find(ctx, name)
	if err != nil {
		return Target{}, err
	}
	if alias != nil {
		main := aliases.Main(alias)
		t, err := direct(main.Provider, main.Model, h.Path)
		t.Alias = alias
		return t, err
	}
	provider, model, ok := qualified(name)
	if !ok {
		if provider, err = s.owner(ctx, d, name); err != nil {
			return Target{}, err
		}
		model = name
	}
	return direct(provider, model, h.Path)
}

// direct is a model itself. Its calls are logged to a Prompt of its own, unless path names another.
func direct(provider, model, path string) (Target, error) {
	ref := file.Ref{Path: cmp.Or(path, directFolder+name(provider, model))}
	clean, problem := file.CleanPath(ref.Path)
	switch {
	case problem != "" && path != "":
		return Target{}, errs.Invalid(problem, headerPath)
	case problem != "":
		return Target{}, errs.New(errs.ModelNotFound, "No model can have the name %q.", model).At("model")
	}
	ref.Path = clean
	return Target{Ref: ref, Model: &file.Prompt{Provider: provider, Model: model}}, nil
}

// qualified parts a name that begins with a provider: openai/gpt-5, openai:gpt-5, @openai/gpt-5. Only what stands before the first slash or
// colon can be one, since names of models have both.
func qualified(name string) (provider, model string, ok bool) {
	rest := strings.TrimPrefix(name, "@")
	i := strings.IndexAny(rest, "/:")
	if i <= 0 || i == len(rest)-1 {
		return "", "", false
	}
	if _, known := vendor.Of(rest[:i]); !known {
		return "", "", false
	}
	return rest[:i], rest[i+1:], true
}

// owner finds the provider of a bare name. It does not guess, because that would change who is billed.
func (s *Service) owner(ctx context.Context, d Dialect, model string) (string, error) {
	serving := s.Relay.Serving(ctx, model)
	switch {
	case slices.Contains(serving, d.Owner):
		return d.Owner, nil
	case len(serving) == 1:
		return serving[0], nil
	case len(serving) > 1:
		all := make([]string, len(serving))
		for i, slug := range serving {
			all[i] = name(slug, model)
		}
		return "", errs.New(errs.ModelNotFound, "Several providers have the model %q. Name one: %s.", model, strings.Join(all, ", ")).At("model")
	case s.Relay.Usable(ctx, d.Owner):
		return d.Owner, nil // a model that the catalogue does not know yet
	}
	return "", errs.New(errs.ModelNotFound, "No provider with a key has the model %q. Name the provider before it, as in %s.", model, name(d.Owner, model)).At("model")
}

// prompt finds the Prompt, or the version of it, that a name means. Paths may hold the sign that parts them from what version is meant, so the
// last one counts only if an environment or a version follows.
func (s *Service) prompt(ctx context.Context, name, environment string) (file.Ref, error) {
	whole := fileOf(name)
	whole.Environment = environment
	i := strings.LastIndexByte(name, '@')
	if i <= 0 || i == len(name)-1 {
		return s.found(ctx, whole)
	}
	of, which := fileOf(name[:i]), name[i+1:]
	found, err := s.found(ctx, file.Ref{ID: of.ID, Path: of.Path, Environment: which})
	if errs.Is(err, errs.EnvironmentNotFound) {
		found, err = s.version(ctx, of, which)
	}
	if !errs.Is(err, errs.PromptNotFound, errs.EnvironmentNotFound, errs.VersionNotFound) {
		return found, err
	}
	if found, failed := s.found(ctx, whole); !errs.Is(failed, errs.PromptNotFound) || errs.Is(err, errs.PromptNotFound) {
		return found, failed
	}
	return found, err
}

// version finds a version by its id or its name.
func (s *Service) version(ctx context.Context, of file.Ref, which string) (file.Ref, error) {
	found, err := s.found(ctx, file.Ref{ID: of.ID, Path: of.Path, VersionID: which})
	if !errs.Is(err, errs.VersionNotFound) {
		return found, err
	}
	named, failed := s.Catalog.PromptNamed(ctx, of, which)
	if failed == nil {
		return file.Ref{ID: named.File.ID, VersionID: named.Version.ID}, nil
	}
	if !errs.Is(failed, errs.VersionNotFound) {
		err = failed
	}
	return found, err
}

func (s *Service) found(ctx context.Context, r file.Ref) (file.Ref, error) {
	if _, err := s.Catalog.Prompt(ctx, r); err != nil {
		return file.Ref{}, errs.From(err).At("model")
	}
	return r, nil
}

func fileOf(name string) file.Ref {
	if strings.HasPrefix(name, "pr_") {
		return file.Ref{ID: name}
	}
	return file.Ref{Path: name}
}
