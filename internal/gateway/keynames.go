package gateway

import (
	"maps"
	"slices"

	"openloop/internal/errs"
	"openloop/internal/nearest"
)

// contractKeys are the names that the API of the contract takes in provider_api_keys. Those of providers that this server lacks are ignored.
var contractKeys = [...]string{
	"openai", "ai21", "mock", "anthropic", "deepseek", "bedrock", "cohere", "openai_azure", "openai_azure_endpoint", "google",
}

// checkKeys refuses keys that a call brings for what is no provider: a misspelt name would leave the call to a key that somebody else pays for.
func (g *Gateway) checkKeys(keys map[string]string) error {
	if len(keys) == 0 {
		return nil
	}
	known := g.keyNames()
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		if !slices.Contains(known, name) {
			return unknownKey(name, known)
		}
	}
	return nil
}

// keyNames are the names that provider_api_keys takes.
func (g *Gateway) keyNames() []string {
	known := slices.Clone(contractKeys[:])
	for slug, p := range g.o.Providers {
		known = append(known, slug)
		if p.TakesURL {
			known = append(known, slug+"_endpoint")
		}
	}
	slices.Sort(known)
	return slices.Compact(known)
}

const maxKeyName = 64 // bytes of a name that is shown

func unknownKey(name string, known []string) error {
	near := nearest.Name(name, known)
	shown := errs.Redact(name) // who mixes up name and key sends a key here
	if len(shown) > maxKeyName {
		shown = errs.Redacted
	}
	e := errs.Invalid("is the name of no provider", "provider_api_keys", shown)
	e.Reason = errs.UnknownProvider
	e.Message = "provider_api_keys holds a key for " + quoted(shown) + ", which is no provider."
	if near != "" {
		e.Violations[0].Message += " (did you mean " + near + "?)"
		e.Message += " Did you mean " + quoted(near) + "?"
	}
	return e
}

func quoted(name string) string { return "\"" + name + "\"" }
