package failure

import "github.com/openloop-server/openloop/internal/vendor"

// Vendor says whose failure it is: the name its failures are shown under, and what its failures need to be read right.
// The zero Vendor is an unnamed provider.
type Vendor struct {
	Slug    string // as configured: "openai"
	Display string // the origin of its failures: "OpenAI"
}

// VendorOf returns the vendor of a slug. An unlisted slug is its own display name.
func VendorOf(slug string) Vendor {
	if v, ok := vendor.Of(slug); ok {
		return Vendor{Slug: slug, Display: v.Display}
	}
	return Vendor{Slug: slug, Display: slug}
}
