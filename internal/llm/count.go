package llm

import (
	"math"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// Count is a number of tokens in a provider's report. Streams report cumulative counts, so decoding a value that tells nothing (null, zero,
// not a number) keeps the previous count. A number may have a fraction, or stand in a string.
type Count struct {
	N    int64 // never negative, and capped against absurd values
	Told bool  // a number was given, even if it was zero
}

// UnmarshalJSONFrom accepts any JSON value. It fails only if the JSON itself cannot be read.
func (c *Count) UnmarshalJSONFrom(dec *json.Decoder) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if n, ok := digits(raw); ok {
		c.set(n)
		return nil
	}
	text := string(raw)
	if json.Kind(raw) == '"' {
		_ = json.UnmarshalForeign(raw, &text) // cannot fail: Kind says that it is a string
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(n) {
		return nil //nolint:nilerr // not a number, so it tells nothing
	}
	const most = 1 << 40
	c.set(int64(max(0, min(n, most))))
	return nil
}

func (c *Count) set(n int64) {
	c.Told = true
	if n > 0 {
		c.N = n
	}
}

// digits reads the common form of a count: a few digits and nothing else.
func digits(raw []byte) (n int64, ok bool) {
	const most = 12
	if len(raw) > most {
		return 0, false
	}
	for _, d := range raw {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = n*10 + int64(d-'0')
	}
	return n, true
}
