package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

func read[T any](t *testing.T, s *server, path string) T {
	t.Helper()
	a := s.call(t, http.MethodGet, path, "")
	var out T
	if err := json.UnmarshalForeign([]byte(a.body), &out); err != nil || a.status != http.StatusOK {
		t.Fatalf("%s: %d %s (%v)", path, a.status, a.body, err)
	}
	return out
}

// called is a server with two good calls of a Prompt and one that failed.
func called(t *testing.T) *server {
	t.Helper()
	s := start(t, nil)
	for _, model := range []string{"echo", "echo", "error/rate_limited"} {
		s.call(t, http.MethodPost, "/v5/prompts/call", `{"path": "d/p", "prompt": {"provider": "mock", "model": "`+model+`", "max_retries": 0}, "messages": [{"role": "user", "content": "hi"}]}`)
	}
	return s
}

func TestStatisticsOfCalls(t *testing.T) {
	s := called(t)
	type value struct {
		Value    string `json:"value"`
		Calls    int64  `json:"calls"`
		Failures int64  `json:"failures"`
	}
	top := read[struct {
		Count    int     `json:"count"`
		Complete bool    `json:"complete"`
		Values   []value `json:"values"`
	}](t, s, "/v5/stats/top?field=model&path=d")
	if want := []value{{"echo", 2, 0}, {"error/rate_limited", 1, 1}}; top.Count != 2 || !top.Complete || len(top.Values) != 2 || top.Values[0] != want[0] || top.Values[1] != want[1] {
		t.Errorf("the models are %+v", top)
	}
	series := read[struct {
		Bucket int64 `json:"bucket"`
		Total  value `json:"total"`
		Groups []struct {
			File struct {
				Path string `json:"path"`
			} `json:"file"`
			Points []value `json:"points"`
		} `json:"groups"`
	}](t, s, "/v5/stats/series?by=file&last=1h")
	if series.Bucket != 300 || series.Total.Calls != 3 || len(series.Groups) != 1 || series.Groups[0].File.Path != "d/p" || len(series.Groups[0].Points) != 1 {
		t.Errorf("the series is %+v", series)
	}
}

func TestStatisticsOfFailures(t *testing.T) {
	s := called(t)
	failures := read[struct {
		Failures int64 `json:"failures"`
		Origins  []struct {
			Reasons []struct {
				Reason    string `json:"reason"`
				Fault     string `json:"fault"`
				Retryable bool   `json:"retryable"`
				Files     []struct {
					Path string `json:"path"`
				} `json:"files"`
			} `json:"reasons"`
		} `json:"origins"`
	}](t, s, "/v5/stats/failures")
	if failures.Failures != 1 || len(failures.Origins) != 1 {
		t.Fatalf("the failures are %+v", failures)
	}
	if r := failures.Origins[0].Reasons[0]; r.Reason != "rate_limited" || r.Fault != "policy" || !r.Retryable || len(r.Files) != 1 || r.Files[0].Path != "d/p" {
		t.Errorf("the reason is %+v", r)
	}
	status := read[struct {
		Logs struct {
			Count int64 `json:"count"`
		} `json:"logs"`
		Providers []struct {
			Provider string `json:"provider"`
			Reason   string `json:"reason"`
			Calls    int64  `json:"calls"`
			Failures int64  `json:"failures"`
		} `json:"providers"`
	}](t, s, "/v5/status")
	if status.Logs.Count != 3 || len(status.Providers) != 1 || status.Providers[0].Calls != 3 || status.Providers[0].Failures != 1 {
		t.Errorf("the status is %+v", status)
	}
}

func TestRangesOfStatisticsThatAreNone(t *testing.T) {
	s := start(t, nil)
	for _, query := range []string{"last=h", "last=0h", "last=1x", "last=99999999w", "last=1h&from=2026-01-01", "from=2999-01-01", "from=1000-01-01"} {
		a := s.call(t, http.MethodGet, "/v5/stats/series?"+query, "")
		expect(t, a, errs.ValidationFailed)
		if !strings.Contains(a.body, `"query"`) {
			t.Errorf("%s: %s", query, a.body)
		}
	}
}
