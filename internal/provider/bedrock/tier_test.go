package bedrock

import (
	"testing"

	"github.com/openloop-server/openloop/internal/json"
)

// TestTiersOfUsage reads what has a price of its own: a service tier, and what is kept in the cache for an hour. Fault B15.
func TestTiersOfUsage(t *testing.T) {
	const usage = `{"inputTokens":1,"cacheWriteInputTokens":9,"cacheDetails":[{"ttl":"1h","inputTokens":4},{"ttl":"5m","inputTokens":5}]}`
	for _, c := range []struct {
		served tier
		want   string
	}{{tier{}, ""}, {tier{"default"}, ""}, {tier{"flex"}, "flex"}, {tier{5.0}, ""}} {
		if got := usageOf(json.Value(usage), c.served); got.Tier != c.want || got.CacheWriteLong != 4 || got.CacheWrite != 9 {
			t.Errorf("%v: %+v", c.served, got)
		}
	}
}
