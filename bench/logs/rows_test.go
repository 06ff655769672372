package logs_test

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"testing"
	"text/tabwriter"
	"time"
)

// rowsRepeat is how often each question about rows is asked: enough for the slowest of twenty.
const rowsRepeat = 30

// rowQuestions are lists of the Logs of all Files, and what they are narrowed by.
func rowQuestions(w *writer, newest time.Time) []question {
	rows := func(more ...string) string { return "rows?" + query(more...) }
	facets := func(more ...string) string { return "facets?" + query(more...) }
	hour := newest.Add(-time.Hour).Format(time.RFC3339)
	day := newest.Add(-24 * time.Hour).Format(time.RFC3339)
	return []question{
		{"rows: first page", rows()},
		{"rows: first 200", rows("size", "200")},
		{"rows: oldest", rows("order", "oldest")},
		{"rows: last hour", rows("start_date", hour)},
		{"rows: a File", rows("path", "support/answer-3")},
		{"rows: a directory", rows("path", "support")},
		{"rows: a rare version", rows("version_id", w.versions[0][4].Version.ID)},
		{"rows: a model", rows("model", "mistral-small-latest")},
		{"rows: not a model", rows("model", "!gpt-4o-mini")},
		{"rows: failed", rows("status", "failed")},
		{"rows: a reason", rows("error_reason", "validation_failed")},
		{"rows: the provider's failures", rows("origin", "provider")},
		{"rows: a user", rows("user", "cus_00000007")},
		{"rows: a user that is none", rows("user", "nobody")},
		{"rows: latency", rows("latency", ">8")},
		{"rows: cost", rows("cost", ">0.001")},
		{"rows: two conditions", rows("status", "failed", "environment", "staging", "model", "gpt-4o")},
		{"rows: a request", rows("request_id", fmt.Sprintf("req_%024x", 3+700*7))},
		{"rows: a request that is none", rows("request_id", "req_none")},
		{"rows: judged", rows("judgment", rating+"=false")},
		{"rows: metadata", rows("metadata", "team=team-7")},
		{"rows: metadata of none", rows("metadata", "team=team-99")},
		{"rows: search, rare", rows("search", "Crescendo of xylophones")},
		{"rows: search, common", rows("search", "the")},
		{"rows: search, none", rows("search", "zebra crossing")},
		{"rows: search and status", rows("search", "customer", "status", "failed")},
		{"rows: dearest", rows("order", "cost")},
		{"rows: slowest of a day", rows("order", "latency", "start_date", day)},
		{"rows: slowest of a model", rows("order", "latency", "model", "gpt-4o")},
		{"facets: model", facets("field", "model")},
		{"facets: path", facets("field", "path")},
		{"facets: version", facets("field", "version_id")},
		{"facets: user", facets("field", "user")},
		{"facets: reason", facets("field", "error_reason", "status", "failed")},
		{"facets: model of a day", facets("field", "model", "start_date", day)},
		{"facets: model of a File", facets("field", "model", "path", "support/answer-1")},
		{"facets: model of a search", facets("field", "model", "search", "customer")},
	}
}

func query(pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v.Encode()
}

// askRows prints how long the questions about rows took: the first time, the median, and the slowest but one of thirty.
func askRows(b *testing.B, s *server, w *writer) {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(out, "\nGET /v5/logs/…\trecords\ttotal\tbytes\tfirst ms\tmedian ms\tp95 ms\t")
	only := regexp.MustCompile(os.Getenv("ONLY"))
	for _, q := range rowQuestions(w, start.Add(span)) {
		if !only.MatchString(q.name) {
			continue
		}
		var a answer
		times := make([]time.Duration, rowsRepeat)
		for i := range times {
			a, times[i], _ = s.get(b, "/v5/logs/"+q.query)
		}
		first := times[0]
		slices.Sort(times)
		_, _ = fmt.Fprintf(out, "%s\t%d\t%d\t%d\t%s\t%s\t%s\t\n", q.name, max(len(a.Records), len(a.Values)), a.Total, a.bytes, milliseconds(first),
			milliseconds(times[rowsRepeat/2]), milliseconds(times[rowsRepeat*95/100]))
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
}
