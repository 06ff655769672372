package failure

import "github.com/openloop-server/openloop/internal/vendor"

// Vendor says whose failure it is. Slug also selects how some failures are read. The zero Vendor is an unnamed provider.
type Vendor struct {
	Slug    string // as configured, such as "openai"
	Display string // the origin of its failures, such as "OpenAI"
}

// VendorOf returns the vendor with this slug. A slug that is not listed is its own display name.
func VendorOf(slug string) Vendor {
	if v, ok := vendor.Of(slug); ok {
		return Vendor{Slug: slug, Display: v.Display}
	}
	return Vendor{Slug: slug, Display: slug}
}
