package llm

import (
	"math"
	"strconv"
	"strings"

	"openloop/internal/json"
)

// Count is a number of tokens in a provider's report, which may be told again: counts of a stream are cumulative, so what tells none
// (null, zero, what is no number) leaves it as it was. Numbers may have a fraction or stand in a string.
type Count struct {
	N    int64 // never negative and never absurd
	Told bool  // there was a number, be it zero
}

// UnmarshalJSONFrom implements the JSON of a count, which takes anything.
func (c *Count) UnmarshalJSONFrom(dec *json.Decoder) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	text := string(raw)
	if json.Kind(raw) == '"' {
		_ = json.UnmarshalForeign(raw, &text) // it is a string
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(n) {
		return nil //nolint:nilerr // no number: nothing is told
	}
	const most = 1 << 40
	c.Told = true
	if n >= 1 {
		c.N = int64(min(n, most))
	}
	return nil
}
