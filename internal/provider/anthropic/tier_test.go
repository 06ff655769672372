package anthropic

import (
	"testing"

	"github.com/openloop-server/openloop/internal/json"
)

// TestTiersOfUsage reads what has a price of its own: a service tier, and what is kept in the cache for an hour. Fault B15.
func TestTiersOfUsage(t *testing.T) {
	for raw, want := range map[string]struct {
		tier string
		long int64
	}{
		`{"input_tokens":1,"service_tier":"standard","cache_creation_input_tokens":9,"cache_creation":{"ephemeral_5m_input_tokens":5,"ephemeral_1h_input_tokens":4}}`: {"", 4},
		`{"input_tokens":1,"service_tier":"priority","cache_creation_input_tokens":3,"cache_creation":{"ephemeral_1h_input_tokens":4}}`:                               {"priority", 3},
		`{"input_tokens":1,"service_tier":"batch","cache_creation":null}`:                                                                                             {"batch", 0},
		`{"input_tokens":1,"service_tier":null}`: {"", 0},
		`{"input_tokens":1,"service_tier":5}`:    {"", 0},
	} {
		var counts usage
		if got := counts.add(json.Value(raw)); got.Tier != want.tier || got.CacheWriteLong != want.long || !got.Known {
			t.Errorf("%s: %+v", raw, got)
		}
	}
}
