package relay

import (
	"maps"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/nearest"
	"github.com/openloop-server/openloop/internal/vendor"
)

// CheckKeys refuses keys for unknown providers. Otherwise a misspelt name would make the call use a key that somebody else pays for.
func CheckKeys(keys map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		if !slices.Contains(keyNames, name) {
			return unknownKey(name)
		}
	}
	return nil
}

// keyNames returns the names allowed in provider_api_keys. The v5 API also allows AI21, whose keys are ignored.
var keyNames = func() []string {
	known := append(vendor.Slugs(), "ai21")
	for _, v := range vendor.All() {
		if v.TakesURL {
			known = append(known, v.Slug+"_endpoint")
		}
	}
	slices.Sort(known)
	return known
}()

const maxKeyName = 64 // bytes of a name that is shown

func unknownKey(name string) error {
	near := nearest.Name(name, keyNames)
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
