package api_test

import (
	"strings"
	"testing"
)

// Fault F1: the Python SDK 0.8.17 to 0.8.26 sends times as numbers of seconds.
func TestTimesOfOldSDKs(t *testing.T) {
	s := start(t, nil)
	made := s.call(t, "POST", "/v5/flows/log", `{"path":"ts/f","flow":{"attributes":{}},"inputs":{},"output":"x","log_id":"log_seconds",`+
		`"start_time":1738000000.5,"end_time":"1738000001","created_at":1738000000500}`)
	if made.status != 200 {
		t.Fatalf("%d %s", made.status, made.body)
	}
	log := s.call(t, "GET", "/v5/logs/log_seconds", "")
	for _, want := range []string{
		`"start_time":"2025-01-27T17:46:40.5Z"`, `"end_time":"2025-01-27T17:46:41Z"`, `"created_at":"2025-01-27T17:46:40.5Z"`,
	} {
		if !strings.Contains(log.body, want) {
			t.Errorf("%s is missing in %s", want, log.body)
		}
	}
	file := between(log.body, `"flow":{"path":"ts/f","id":"`, `"`)
	for query, total := range map[string]string{
		"start_date=1738000000": "1", "start_date=1738000001": "0", "end_date=1738000001": "1", "end_date=1738000000": "0",
		"end_date=2025-01-27": "1", "end_date=2025-01-26": "0", "end_date=2025-01-27_18:00": "1",
	} {
		list := s.call(t, "GET", "/v5/logs?file_id="+file+"&"+query, "")
		if got := between(list.body, `"total":`, "}"); got != total {
			t.Errorf("%s: %s Logs, want %s: %s", query, got, total, list.body)
		}
	}
}

// between is what lies between two texts, "" when the first is not there.
func between(s, from, to string) string {
	_, rest, _ := strings.Cut(s, from)
	out, _, _ := strings.Cut(rest, to)
	return out
}
