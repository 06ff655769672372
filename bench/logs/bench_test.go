// Package logs measures reading a million Logs, on both databases: `make bench-logs`.
package logs_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/store/pgtest"
	"github.com/openloop-server/openloop/internal/trace"
)

const (
	apiKey = "hl_sk_bench_0123456789abcdef"
	repeat = 5
	aim    = 100 * time.Millisecond
)

// BenchmarkLogs makes the Logs, prepares them for search, and asks the server for pages of them. LOGS is how many, DATABASES which; REUSE
// names a folder in which the SQLite database is kept for the next time, and ONLY is a regular expression of questions.
func BenchmarkLogs(b *testing.B) {
	var postgres pgtest.Server
	defer postgres.Stop()
	total, err := strconv.Atoi(cmp.Or(os.Getenv("LOGS"), "1000000"))
	if err != nil {
		b.Fatal(err)
	}
	text := words(b)
	for name := range strings.SplitSeq(cmp.Or(os.Getenv("DATABASES"), "sqlite,postgres"), ",") {
		b.Run(name, func(b *testing.B) {
			environ := []string{"OPENLOOP_DATA_DIR=" + cmp.Or(os.Getenv("REUSE"), b.TempDir()), "OPENLOOP_API_KEY=" + apiKey}
			if name == "postgres" {
				environ = append(environ, "OPENLOOP_DATABASE_URL="+postgres.URL(b))
			}
			measure(b, name, environ, &writer{words: text, total: total})
		})
	}
}

func measure(b *testing.B, name string, environ []string, w *writer) {
	ctx := context.Background()
	cfg, err := config.Read(environ)
	if err != nil {
		b.Fatal(err)
	}
	_, absent := os.Stat(cfg.SQLitePath())
	db, err := store.Open(ctx, store.Options{URL: cfg.DatabaseURL, Path: cfg.SQLitePath()})
	if err != nil {
		b.Fatal(err)
	}
	w.save(ctx, b, db)
	began := time.Now()
	if absent != nil {
		w.fill(ctx, b, db)
	}
	filled := time.Since(began)
	before := size(b, db, &cfg)
	began = time.Now()
	for {
		more, err := db.IndexLogs(ctx)
		if err != nil {
			b.Fatal(err)
		}
		if !more {
			break
		}
	}
	indexed := time.Since(began)
	after := size(b, db, &cfg)
	if err := db.Close(ctx); err != nil {
		b.Fatal(err)
	}
	logs := float64(w.total) * (1 + 1.0/25 + 1.0/100)
	fmt.Printf("\n%s: %.0f Logs written in %s (%.0f a second), %.0f bytes each; prepared for search in %s (%.1f µs each), %.0f bytes each more\n\n",
		name, logs, filled.Round(time.Second), logs/filled.Seconds(), float64(before)/logs,
		indexed.Round(time.Second), float64(indexed.Microseconds())/logs, float64(after-before)/logs)
	a, err := app.New(ctx, cfg, io.Discard)
	if err != nil {
		b.Fatal(err)
	}
	ask(b, &server{a.Handler()}, w)
	askRows(b, &server{a.Handler()}, w)
	if err := a.Close(ctx); err != nil {
		b.Fatal(err)
	}
}

// size is what the database takes on the disk.
func size(b *testing.B, db *store.DB, cfg *config.Config) int64 {
	b.Helper()
	if cfg.DatabaseURL == "" {
		var sum int64
		files, err := filepath.Glob(cfg.SQLitePath() + "*")
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range files {
			if info, err := os.Stat(f); err == nil && !strings.HasSuffix(f, "-wal") && !strings.HasSuffix(f, "-shm") {
				sum += info.Size()
			}
		}
		return sum
	}
	n, err := postgresSize(cfg.DatabaseURL)
	if err != nil {
		b.Fatal(err)
	}
	_ = db
	return n
}

// server is asked in the process, so that figures are the server's own.
type server struct{ handler http.Handler }

type answer struct {
	Records []struct {
		ID string `json:"id"`
	} `json:"records"`
	Values []struct {
		Count int `json:"count"`
	} `json:"values"`
	Total int `json:"total"`

	bytes int // of the answer
}

func (s *server) get(b *testing.B, path string) (a answer, took, cpu time.Duration) {
	b.Helper()
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, http.NoBody)
	r.Header.Set("X-API-KEY", apiKey)
	w := httptest.NewRecorder()
	began, busy := time.Now(), cpuTime()
	s.handler.ServeHTTP(w, r)
	took, cpu = time.Since(began), cpuTime()-busy
	if err := json.Unmarshal(w.Body.Bytes(), &a); w.Code != http.StatusOK || err != nil {
		b.Fatalf("%s: %d %v %s", path, w.Code, err, w.Body)
	}
	a.bytes = w.Body.Len()
	return a, took, cpu
}

// cpuTime is the processor time of this process, which is all there is to SQLite.
func cpuTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

type question struct{ name, query string }

func questions(w *writer, sample *trace.Log) []question {
	big, versions := w.versions[0][0].File.ID, w.versions[0]
	day := start.Add(span / 2).Truncate(24 * time.Hour)
	list := func(more ...string) string {
		v := url.Values{"file_id": {big}}
		for i := 0; i+1 < len(more); i += 2 {
			v.Add(more[i], more[i+1])
		}
		return v.Encode()
	}
	inFile := w.total * fileShares[0] / 100
	deep := func(part float64) string { return strconv.Itoa(int(float64(inFile) / 10 * part)) }
	request := string(sample.Metadata)[strings.Index(string(sample.Metadata), `"request":"`)+11:][:16]
	return []question{
		{"newest 10", list()},
		{"newest 100", list("size", "100")},
		{"page at 1/10", list("page", deep(0.1))},
		{"page at 1/2", list("page", deep(0.5))},
		{"last page", list("page", deep(1.0))},
		{"page past the end", list("page", deep(2))},
		{"common version", list("version_id", versions[0].Version.ID)},
		{"common version, middle", list("version_id", versions[0].Version.ID, "page", deep(0.35))},
		{"version of 1 in 1,000", list("version_id", versions[3].Version.ID)},
		{"version of 1 in 10,000", list("version_id", versions[4].Version.ID)},
		{"one day", list("start_date", day.Format(time.RFC3339), "end_date", day.Add(24*time.Hour).Format(time.RFC3339))},
		{"half of the time", list("start_date", day.Format(time.RFC3339))},
		{"half of the time, deep", list("start_date", day.Format(time.RFC3339), "page", deep(0.25))},
		{"in a trace", list("in_trace_filter", "true")},
		{"in a trace, deep", list("in_trace_filter", "true", "page", deep(0.04))},
		{"in no trace", list("in_trace_filter", "false")},
		{"failed", list("error_reason", "*")},
		{"failed for a reason, deep", list("error_reason", "timeout", "page", deep(0.015))},
		{"failed for another reason", list("error_reason", "billing")},
		{"id", list("id", sample.ID)},
		{"end of an id", list("id", sample.ID[len(sample.ID)-6:])},
		{"3 letters of ids", list("id", sample.ID[len(sample.ID)-3:])},
		{"part that all ids have", list("id", "log_")},
		{"id that is none", list("id", "no such id")},
		{"search: 1 in 100,000", list("search", "Crescendo of xylophones")},
		{"search: 1 in 1,000", list("search", "quarterly rebate")},
		{"search: 1 in 1,000, page 20", list("search", "quarterly rebate", "page", "20")},
		{"search: a common word", list("search", "the")},
		{"search: a common word, page 100", list("search", "the", "page", "100")},
		{"search: a customer", list("search", sample.User)},
		{"search: two words", list("search", "return err")},
		{"search: common words together", list("search", "that the string of the error")},
		{"search: nothing", list("search", "zebra crossing")},
		{"search: 2 letters, rare", list("search", "qz")},
		{"search: 1 letter", list("search", "x")},
		{"search: 1 letter that is nowhere", list("search", "~")},
		{"metadata: one Log", list("metadata_search", request)},
		{"metadata: a team", list("metadata_search", "team-7")},
		{"metadata: nothing", list("metadata_search", "team-99")},
		{"sample of 100", list("sample", "100", "size", "100")},
		{"sample of 10,000, page 50", list("sample", "10000", "page", "50", "size", "100")},
		{"sample of a search", list("sample", "50", "search", "quarterly")},
		{"sample of a common search", list("sample", "50", "search", "the")},
		{"search, version and time", list("search", "rebate", "version_id", versions[1].Version.ID, "start_date", day.Format(time.RFC3339))},
		{"search of failures", list("search", "customer", "error_reason", "timeout")},
		{"with trace children", list("include_trace_children", "true", "in_trace_filter", "true", "size", "50")},
		{"a File with 50,000 Logs: search", url.Values{"file_id": {w.versions[3][0].File.ID}, "search": {"rebate"}}.Encode()},
	}
}

// ask prints how long the questions took.
func ask(b *testing.B, s *server, w *writer) {
	ids := w.versions[0][0].File.ID
	_, _, _ = s.get(b, "/v5/logs?file_id="+ids) // the first request prepares statements
	var one *trace.Log
	for i := w.total / 3; one == nil || one.FileID != ids; i++ {
		one = w.log(i)
	}
	newest, _, _ := s.get(b, "/v5/logs?file_id="+ids+"&metadata_search="+string(one.Metadata)[strings.Index(string(one.Metadata), `"request":"`)+11:][:16])
	if len(newest.Records) != 1 {
		b.Fatalf("the Log was found %d times", len(newest.Records))
	}
	one.ID = newest.Records[0].ID
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(out, "GET /v5/logs\trecords\ttotal\tmedian ms\tslowest ms\tCPU ms\t\t")
	only := regexp.MustCompile(os.Getenv("ONLY"))
	for _, q := range questions(w, one) {
		if !only.MatchString(q.name) {
			continue
		}
		var a answer
		times, busy := make([]time.Duration, repeat), make([]time.Duration, repeat)
		for i := range times {
			a, times[i], busy[i] = s.get(b, "/v5/logs?"+q.query)
		}
		slices.Sort(times)
		slices.Sort(busy)
		verdict := ""
		if times[repeat/2] > aim {
			verdict = "MISS"
		}
		_, _ = fmt.Fprintf(out, "%s\t%d\t%d\t%s\t%s\t%s\t%s\t\n", q.name, len(a.Records), a.Total, milliseconds(times[repeat/2]), milliseconds(times[repeat-1]),
			milliseconds(busy[repeat/2]), verdict)
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }
