package aliases

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/nearest"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/vendor"
)

// Save stores an alias in place of an earlier one of its name. Errors: validation_failed with all that is wrong with it.
func (r *Registry) Save(ctx context.Context, a store.Alias) (store.Alias, error) {
	for i := range a.Targets {
		a.Targets[i].Weight = cmp.Or(a.Targets[i].Weight, 1)
	}
	known, err := r.gather(ctx)
	if err != nil {
		return store.Alias{}, err
	}
	if faults := known.check(&a); len(faults) > 0 {
		return store.Alias{}, refusal(faults)
	}
	return r.db.SaveAlias(ctx, a)
}

// surroundings are what aliases are checked against.
type surroundings struct {
	relay       *relay.Relay
	keys        map[string]bool // ids of the API keys that were not revoked
	credentials map[string][]string
}

func (r *Registry) gather(ctx context.Context) (*surroundings, error) {
	out := &surroundings{relay: r.relay, keys: map[string]bool{}, credentials: map[string][]string{}}
	keys, err := r.db.Keys(ctx)
	if err != nil {
		return nil, err
	}
	for i := range keys {
		out.keys[keys[i].ID] = keys[i].RevokedAt.IsZero()
	}
	stored, err := r.db.ProviderKeys(ctx)
	for i := range stored {
		k := &stored[i]
		out.credentials[k.Provider] = append(out.credentials[k.Provider], k.Name)
	}
	return out, err
}

// check returns all that is wrong with an alias.
func (s *surroundings) check(a *store.Alias) (faults []errs.Violation) {
	if problem := badName(a.Name); problem != "" {
		faults = append(faults, fault(problem, "name"))
	}
	if len(a.Targets) == 0 {
		faults = append(faults, fault("An alias leads to one target at least.", "targets"))
	}
	seen := map[[3]string]bool{}
	for i := range a.Targets {
		t := &a.Targets[i]
		faults = append(faults, s.checkTarget(t, i)...)
		same := [3]string{t.Provider, t.Model, t.Credential}
		if seen[same] {
			faults = append(faults, fault("This target is in the list already.", "targets", i))
		}
		seen[same] = true
	}
	for i, id := range a.Keys {
		switch {
		case !s.keys[id]:
			faults = append(faults, fault(fmt.Sprintf("There is no API key %q.", id), "keys", i))
		case slices.Contains(a.Keys[:i], id):
			faults = append(faults, fault("This key is in the list already.", "keys", i))
		}
	}
	return faults
}

func (s *surroundings) checkTarget(t *store.AliasTarget, i int) (faults []errs.Violation) {
	models, err := s.relay.Models(t.Provider)
	if err != nil || t.Provider == "" {
		return []errs.Violation{fault(fmt.Sprintf("This server has no provider %q%s.", t.Provider, meant(t.Provider, vendor.Slugs())), "targets", i, "provider")}
	}
	var names []string
	for m := range models {
		names = append(names, m.ID)
	}
	_, known := s.relay.Model(t.Provider, t.Model)
	if v, _ := vendor.Of(t.Provider); !known && len(names) > 0 && v.Sells == "" { // else names of models are the operator's own
		text := fmt.Sprintf("The catalogue has no model %q of %s%s. OPENLOOP_MODELS_FILE adds models.", t.Model, t.Provider, meant(t.Model, names))
		faults = append(faults, fault(text, "targets", i, "model"))
	}
	if t.Credential != "" && !slices.Contains(s.credentials[t.Provider], t.Credential) {
		faults = append(faults, fault(fmt.Sprintf("No key %q is stored for the provider %q.", t.Credential, t.Provider), "targets", i, "credential"))
	}
	return faults
}

func meant(name string, known []string) string {
	if near := nearest.Name(name, known); near != "" {
		return " (did you mean " + near + "?)"
	}
	return ""
}

// badName says what is wrong with the name of an alias, "" for nothing.
func badName(name string) string {
	switch {
	case name == "" || len(name) > maxName || strings.ContainsFunc(strings.TrimSuffix(name, rest), unusual) || !plainEnds(name):
		return fmt.Sprintf("The name of an alias is 1 to %d letters, digits and . _ - : @ /, begins with a letter or a digit, has no empty parts between slashes, and may end with a *.", maxName)
	case strings.HasPrefix(name, promptPrefix):
		return "Names that begin with " + promptPrefix + " are those of Prompts."
	}
	return ""
}

const (
	maxName      = 128
	promptPrefix = "prompt:"
)

func unusual(c rune) bool {
	return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("._-:@/", c)
}

// plainEnds reports whether a name begins with a letter or a digit, and whether a path can hold it as it is.
func plainEnds(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return !strings.ContainsRune("._-:@*", rune(name[0]))
}

func fault(message string, place ...any) errs.Violation {
	return errs.Violation{Loc: place, Param: errs.Dotted(place), Message: message, Type: "value_error"}
}

func refusal(faults []errs.Violation) error {
	texts := make([]string, len(faults))
	for i := range faults {
		texts[i] = faults[i].Param + ": " + faults[i].Message
	}
	e := errs.New(errs.ValidationFailed, "%s", strings.Join(texts, " "))
	e.Param, e.Violations = faults[0].Param, faults
	return e
}
