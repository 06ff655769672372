package app_test

import (
	"net/http"
	"testing"
)

// TestWhoMayReadMetrics asks without a key and with one. The address is the one that the server would listen on.
//
// Fault F17: anybody could read which models a server calls, and for how much.
func TestWhoMayReadMetrics(t *testing.T) {
	for _, c := range []struct {
		environ []string
		want    int // without a key
	}{
		{nil, http.StatusOK},
		{[]string{"OPENLOOP_ADDR=localhost:80"}, http.StatusOK},
		{[]string{"OPENLOOP_ADDR=[::1]:80"}, http.StatusOK},
		{[]string{"OPENLOOP_ADDR=127.8.9.1:80"}, http.StatusOK},
		{[]string{"OPENLOOP_ADDR=127.0.0.1:80", "OPENLOOP_METRICS_OPEN=false"}, http.StatusUnauthorized},
		{[]string{"OPENLOOP_ADDR=:80"}, http.StatusUnauthorized},
		{[]string{"OPENLOOP_ADDR=0.0.0.0:80"}, http.StatusUnauthorized},
		{[]string{"OPENLOOP_ADDR=[::]:80"}, http.StatusUnauthorized},
		{[]string{"OPENLOOP_ADDR=localhost.example.com:80"}, http.StatusUnauthorized},
		{[]string{"OPENLOOP_ADDR=10.0.0.1:80", "OPENLOOP_METRICS_OPEN=true"}, http.StatusOK},
	} {
		s := start(t, c.environ...)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := s.Client().Do(r)
		if got := read(t, resp, err); got.status != c.want {
			t.Errorf("%v without a key: %d, want %d", c.environ, got.status, c.want)
		}
		if got := s.get(t, "/metrics"); got.status != http.StatusOK {
			t.Errorf("%v with a key: %d", c.environ, got.status)
		}
	}
}

// TestMetricsHaveAKeyOfTheirOwn asks with it for the metrics, and for what it does not open.
func TestMetricsHaveAKeyOfTheirOwn(t *testing.T) {
	const key = "scrape-0123456789-abcdef"
	s := start(t, "OPENLOOP_METRICS_KEY="+key)
	for path, want := range map[string][2]int{"/metrics": {http.StatusOK, http.StatusUnauthorized}, "/v5/logs": {http.StatusUnauthorized, http.StatusUnauthorized}} {
		var got [2]int
		for i, header := range []string{"Bearer " + key, "Bearer " + key + "x"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", header)
			resp, err := s.Client().Do(r)
			got[i] = read(t, resp, err).status
		}
		if got != want {
			t.Errorf("%s with the key, and with another: %v, want %v", path, got, want)
		}
	}
}
