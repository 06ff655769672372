package models

import (
	_ "embed" // for the generated catalogue
	"fmt"
)

//go:embed catalog.json
var embedded []byte

// Embedded returns the catalogue compiled into the binary. Every call decodes it again, which takes a few milliseconds. Call it once and
// share the result, which takes about a third of a megabyte.
func Embedded() (*Registry, error) {
	c, err := (&Registry{}).with(embedded)
	if err != nil {
		return nil, fmt.Errorf("embedded model catalogue: %w", err)
	}
	return c, nil
}
