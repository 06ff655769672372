package logs_test

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// The Logs are of four Prompts, the first of which has more than half of them, and lie in time as if they had been written over 90 days.
// They are made of the words of this repository, as often as it has them.

const span = 90 * 24 * time.Hour

// start is when the first Log was written.
var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// words are those of the repository's documents and sources, in any order, repeated as often as they occur.
func words(b *testing.B) []string {
	b.Helper()
	word := regexp.MustCompile(`[A-Za-z]{2,14}`)
	var all []string
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".md") && !strings.HasSuffix(path, ".go") {
			return err
		}
		text, err := fs.ReadFile(root, path)
		all = append(all, word.FindAllString(string(text), -1)...)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return all
}

// writer makes Logs, the same at every run.
type writer struct {
	words    []string
	versions [][]file.Snapshot // of each File
	rating   file.Snapshot     // of the Evaluator
	total    int
}

// rating is the path of the Evaluator that has judged one of a hundred Logs.
const rating = "support/rating"

// fileShares is how many of 100 Logs a File has, versionShares how many of 10,000 of a File a version has.
var (
	fileShares    = []int{55, 30, 10, 5}
	versionShares = []int{7000, 2000, 989, 10, 1}
)

func share(r *rand.Rand, shares []int) int {
	sum := 0
	for _, s := range shares {
		sum += s
	}
	n := r.IntN(sum)
	for i, s := range shares {
		if n -= s; n < 0 {
			return i
		}
	}
	return 0
}

func (w *writer) text(r *rand.Rand, count int) string {
	out := make([]string, count)
	for i := range out {
		out[i] = w.words[r.IntN(len(w.words))]
	}
	return strings.Join(out, " ")
}

// log is the Log number i.
func (w *writer) log(i int) *trace.Log {
	r := rand.New(rand.NewPCG(uint64(i), 1))
	at := start.Add(time.Duration(float64(span) * float64(i) / float64(w.total))).Add(time.Duration(r.IntN(5000)) * time.Millisecond)
	versions := w.versions[share(r, fileShares)]
	s := versions[share(r, versionShares)]
	question, answer := w.text(r, 12+r.IntN(30)), w.text(r, 15+r.IntN(70))
	switch { // texts that are looked for
	case i%100_000 == 7:
		answer += " a crescendo of xylophones."
	case i%1000 == 11:
		answer += " Ask for the quarterly rebate, please."
	}
	customer := fmt.Sprintf("cus_%08x", r.Uint32N(50_000))
	l := &trace.Log{
		ID: ids.New(ids.Log, at), Kind: s.File.Kind, FileID: s.File.ID, VersionID: s.Version.ID, CreatedAt: at, StartTime: at.Add(-time.Second), EndTime: at,
		Provider: "openai", Model: "gpt-4o-mini", FinishReason: "stop", Source: "api", User: customer, CreatedBy: "key_000000000000000000001",
		Usage:        llm.Usage{Input: 300, Output: 90, Known: true, Raw: json.Value(`{"prompt_tokens":300,"completion_tokens":90,"total_tokens":390}`)},
		PromptTokens: new(int64(300)), OutputTokens: new(int64(90)), PromptCost: new(0.000045), OutputCost: new(0.000054), Latency: new(0.913),
		Metadata: json.Value(fmt.Sprintf(`{"team":"team-%d","request":"%016x"}`, r.IntN(20), r.Uint64())),
	}
	system := "You answer questions of customers politely and in few words. If you do not know an answer, say so."
	l.Payload = trace.Payload{
		Inputs:          json.Value(fmt.Sprintf(`{"question":%q,"customer":%q}`, question, customer)),
		Messages:        []llm.Message{{Role: llm.System, Content: llm.Text(system)}, {Role: llm.User, Content: llm.Text(question)}},
		ProviderRequest: json.Value(fmt.Sprintf(`{"model":"gpt-4o-mini","messages":[{"role":"system","content":%q},{"role":"user","content":%q}]}`, system, question)),
	}
	w.vary(l, i)
	if l.Error != nil {
		return l
	}
	l.Payload.Output, l.Payload.OutputMessage = new(answer), &llm.Message{Role: llm.Assistant, Content: llm.Text(answer)}
	l.Payload.ProviderResponse = json.Value(fmt.Sprintf(`{"id":"chatcmpl-%016x","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant",`+
		`"content":%q},"finish_reason":"stop"}],"usage":{"prompt_tokens":300,"completion_tokens":90,"total_tokens":390}}`, r.Uint64(), answer))
	return l
}

// kinds of Logs: how many of 100 are of a model, and of a source.
var (
	models      = []struct{ provider, model string }{{"openai", "gpt-4o-mini"}, {"openai", "gpt-4o"}, {"anthropic", "claude-sonnet-4-5"}, {"google", "gemini-2.5-flash"}, {"mistral", "mistral-small-latest"}}
	modelShares = []int{60, 15, 15, 7, 3}
	sources     = []string{"api", "sdk", "playground"}
)

// failures are what some Logs failed of; one of every is of each.
var failures = []struct {
	every, at int
	detail    errs.Detail
}{
	{33, 5, errs.Detail{Reason: errs.Timeout, Message: "The provider did not answer in time.", Origin: "OpenAI"}},
	{170, 9, errs.Detail{Reason: errs.RateLimited, Message: "Too many requests.", Origin: "OpenAI"}},
	{700, 3, errs.Detail{Reason: errs.ValidationFailed, Message: "The inputs lack a variable.", Origin: errs.Gateway}},
}

// vary gives the Log number i what lists are narrowed by.
func (w *writer) vary(l *trace.Log, i int) {
	r := rand.New(rand.NewPCG(uint64(i), 2))
	m := models[share(r, modelShares)]
	l.Provider, l.Model, l.Source = m.provider, m.model, sources[share(r, []int{80, 15, 5})]
	l.Environment = []string{"production", "staging", "development"}[share(r, []int{85, 10, 5})]
	l.CreatedBy = fmt.Sprintf("key_%021d", 1+share(r, []int{70, 20, 10}))
	prompt, output := int64(50+r.ExpFloat64()*400), int64(5+r.ExpFloat64()*120)
	l.PromptTokens, l.OutputTokens, l.Latency = &prompt, &output, new(0.2+r.ExpFloat64()*0.9)
	l.PromptCost, l.OutputCost = new(float64(prompt)*0.15e-6), new(float64(output)*0.6e-6)
	if r.IntN(25) == 0 {
		l.FinishReason = "length"
	}
	for _, f := range failures {
		if i%f.every == f.at {
			detail := f.detail
			detail.RequestID = fmt.Sprintf("req_%024x", i)
			l.Error, l.Detail, l.FinishReason = &detail.Message, &detail, ""
			return
		}
	}
}

// save makes the Prompts and their versions.
func (w *writer) save(ctx context.Context, b *testing.B, db *store.DB) {
	b.Helper()
	for f := range fileShares {
		var versions []file.Snapshot
		for v := range versionShares {
			content := json.Value(fmt.Sprintf(`{"model":"gpt-4o-mini","temperature":0.%d}`, v))
			s, _, err := db.SaveVersion(ctx, store.Save{Kind: file.PromptKind, Path: fmt.Sprintf("support/answer-%d", f), Content: content, Hash: file.Hash(file.PromptKind, content)})
			if err != nil {
				b.Fatal(err)
			}
			versions = append(versions, s)
		}
		w.versions = append(w.versions, versions)
	}
	content := json.Value(`{"spec":{"evaluator_type":"external","arguments_type":"target_free","return_type":"boolean"}}`)
	var err error
	w.rating, _, err = db.SaveVersion(ctx, store.Save{Kind: file.EvaluatorKind, Path: rating, Content: content, Hash: file.Hash(file.EvaluatorKind, content)})
	if err != nil {
		b.Fatal(err)
	}
}

// fill writes the Logs, many at once and nearly in their order. One of 25 has a child in its trace.
func (w *writer) fill(ctx context.Context, b *testing.B, db *store.DB) {
	b.Helper()
	const writers = 128
	jobs := make(chan int, 4*writers)
	var work sync.WaitGroup
	for range writers {
		work.Go(func() {
			for i := range jobs {
				if err := w.append(ctx, db, i); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range w.total {
		jobs <- i
	}
	close(jobs)
	work.Wait()
}

func (w *writer) append(ctx context.Context, db *store.DB, i int) error {
	l := w.log(i)
	if err := db.AppendLog(ctx, l); err != nil {
		return err
	}
	if i%100 == 50 {
		if err := w.judge(ctx, db, l, i); err != nil {
			return err
		}
	}
	if i%25 != 0 {
		return nil
	}
	child := w.log(w.total + i)
	child.TraceParentID, child.CreatedAt = l.ID, l.CreatedAt
	return db.AppendLog(ctx, child)
}

// judge says of one of ten Logs that it is bad.
func (w *writer) judge(ctx context.Context, db *store.DB, judged *trace.Log, i int) error {
	l := &trace.Log{
		ID: ids.New(ids.Log, judged.CreatedAt), Kind: file.EvaluatorKind, FileID: w.rating.File.ID, VersionID: w.rating.Version.ID,
		CreatedAt: judged.CreatedAt.Add(time.Minute), ParentID: judged.ID, Source: "monitoring", CreatedBy: judged.CreatedBy,
	}
	l.Payload.Judgment = json.Value(fmt.Sprint(i%1000 != 50))
	return db.AppendLog(ctx, l)
}
