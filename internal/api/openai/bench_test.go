package openai

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/dialect/tokens"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/openai"
	"github.com/openloop-server/openloop/internal/web/input"
	"github.com/openloop-server/openloop/internal/web/schema"
)

const rule = "- Read a file before you change it: `go test ./...` must pass afterwards.\\n- Do not try the same command \\\"once more\\\".\\n"

// codingBody is what a coding client begins with: 76 KB, of which most are instructions and the schemas of 24 tools.
func codingBody() string {
	one := strings.Repeat(rule, 10)
	tool := strings.ReplaceAll(`{"type":"function","function":{"name":"Edit","description":"%","parameters":{"type":"object","properties":{"path":{"type":"string","description":"%"}}}}}`, "%", one)
	return `{"model":"openai/gpt-4o","stream":true,"messages":[{"role":"system","content":"` + strings.Repeat(rule, 150) + `"},{"role":"user","content":"hi"}],"tools":[` +
		strings.Repeat(tool+",", 23) + tool + `],"max_completion_tokens":32000}`
}

// BenchmarkCoding reads, edits and estimates the first request of a coding client.
func BenchmarkCoding(b *testing.B) {
	for name, more := range map[string]string{"known": "", "unknown": `,"new":true`} {
		b.Run(name, func(b *testing.B) {
			plan, body := planOf[chatCompletions](b), strings.TrimSuffix(codingBody(), "}")+more+"}"
			r := httptest.NewRequest(http.MethodPost, "/", nil)
			r.Header.Set("Content-Type", "application/json")
			cpu, allocated := spent(b)
			for b.Loop() {
				in := new(chatCompletions)
				if err := plan.Read(r, reflect.ValueOf(in), input.Options{}).Body([]byte(body)); err != nil {
					b.Fatal(err)
				}
				c, err := ingress.Read(&in.Body, (*chatBody).call)
				if err != nil {
					b.Fatal(err)
				}
				c.Request.Native = &llm.Native{Dialect: llm.ChatDialect, Body: in.Body.Raw}
				if _, err := openai.EncodeNative(&c.Request, true); err != nil {
					b.Fatal(err)
				}
				if tokens.Of(&c.Request) < 10_000 {
					b.Fatal("the estimate is wrong")
				}
			}
			cpuAfter, allocatedAfter := spent(b)
			b.ReportMetric(float64((cpuAfter-cpu).Microseconds())/float64(b.N), "cpu-µs/op")
			b.ReportMetric(float64(allocatedAfter-allocated)/float64(b.N)/float64(len(body)), "copies/op")
		})
	}
}

func planOf[T any](b *testing.B) *input.Plan {
	b.Helper()
	plan, err := input.NewPlan(schema.NewBuilder(v5.Types()), reflect.TypeFor[T](), "/")
	if err != nil {
		b.Fatal(err)
	}
	return plan
}

// spent returns the processor time and the memory that this process has used so far.
func spent(b *testing.B) (cpu time.Duration, allocated uint64) {
	b.Helper()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano()), m.TotalAlloc
}
