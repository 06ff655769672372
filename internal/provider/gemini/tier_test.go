package gemini

import (
	"testing"

	"github.com/openloop-server/openloop/internal/json"
)

// TestTiersOfUsage reads the service tier that the Gemini API names, and the traffic that Vertex names. Fault B15.
func TestTiersOfUsage(t *testing.T) {
	for raw, want := range map[string]string{
		``: "", `,"trafficType":"ON_DEMAND"`: "", `,"trafficType":"TRAFFIC_TYPE_UNSPECIFIED"`: "", `,"serviceTier":"standard"`: "", `,"trafficType":1`: "",
		`,"trafficType":"PROVISIONED_THROUGHPUT"`: "provisioned_throughput", `,"trafficType":"ON_DEMAND_FLEX"`: "flex", `,"serviceTier":"priority"`: "priority",
	} {
		var d decoder
		d.report(json.Value(`{"promptTokenCount":1` + raw + `}`))
		if got := d.portableUsage(); got == nil || got.Tier != want {
			t.Errorf("%s: %+v", raw, got)
		}
	}
}
