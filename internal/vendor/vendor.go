// Package vendor is the table of model providers: one row of facts for each, used by everything that names providers.
package vendor

import "slices"

// Vendor is a row of the table.
type Vendor struct {
	Slug     string // as a Prompt names it: "openai"
	Display  string // for people, and the origin of its failures: "OpenAI"
	Wire     string // the package of internal/provider that speaks its wire format
	BaseURL  string // its public API, with capitals in place of what an operator sets; "" when each operator has one
	NoKey    bool   // answers calls that bring no key
	TakesURL bool   // a call may bring its base URL along with its key

	Settings []Setting // nil means a key and a base URL that are named after the slug: GROQ_API_KEY and GROQ_BASE_URL
	Example  string    // a model to call

	Aliases []string // its names in telemetry
	Catalog string   // its name in the package that the model catalogue is made from; "" when it is not in there
	Sells   string   // the vendor whose models it serves under the same names at the same prices
	Endings []string // ends of models' names that do not change the price; 0 stands for any digit

	Dialect // of a vendor that speaks OpenAI's wire format
}

// All returns the table. The documentation is in its order.
func All() []Vendor { return slices.Clone(rows[:]) }

// Of returns the row of a slug. It returns false if there is none.
func Of(slug string) (Vendor, bool) {
	i := slices.IndexFunc(rows[:], func(v Vendor) bool { return v.Slug == slug })
	if i < 0 {
		return Vendor{}, false
	}
	return rows[i], true
}

// Slugs returns the slugs in alphabetical order.
func Slugs() []string {
	out := make([]string, 0, len(rows))
	for i := range rows {
		out = append(out, rows[i].Slug)
	}
	slices.Sort(out)
	return out
}
