package vendor_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/vendor"
)

// TestRowsAreOfOneVendorEach finds a slug, another name or a variable that two rows have, and a row that lacks what every vendor has.
func TestRowsAreOfOneVendorEach(t *testing.T) {
	owners := map[string]string{}
	claim := func(what, slug string) {
		if other, taken := owners[what]; taken {
			t.Errorf("%s is of %s and of %s", what, other, slug)
		}
		owners[what] = slug
	}
	for _, v := range vendor.All() {
		if v.Slug == "" || v.Display == "" || v.Wire == "" || v.Example == "" {
			t.Errorf("%q lacks a slug, a name, a wire or an example", v.Slug)
		}
		claim(v.Slug, v.Slug)
		for _, name := range v.Aliases {
			claim(name, v.Slug)
		}
		for _, s := range v.Variables() {
			for _, name := range s.Names {
				claim(name, v.Slug)
			}
		}
		if v.Sells != "" {
			if _, ok := vendor.Of(v.Sells); !ok {
				t.Errorf("%s sells what %s does, which is no vendor", v.Slug, v.Sells)
			}
		}
	}
}
