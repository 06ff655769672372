package models

import (
	_ "embed" // for the generated catalogue
	"fmt"
	"sync"
)

//go:embed catalog.json
var embedded []byte

// Embedded returns the catalogue compiled into the binary. The first call decodes it, which takes a few milliseconds and about a third of a
// megabyte.
func Embedded() (*Registry, error) { return decoded() }

var decoded = sync.OnceValues(func() (*Registry, error) {
	c, err := (&Registry{}).with(embedded)
	if err != nil {
		return nil, fmt.Errorf("embedded model catalogue: %w", err)
	}
	return c, nil
})
