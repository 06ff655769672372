package gateway_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
)

// streamed is what came of a stream: its chunks in words, and the error that ended it.
type streamed struct {
	opened []*gateway.Chunk
	chunks []string
	err    error
}

func (s *streamed) finals() int {
	return len(slices.DeleteFunc(slices.Clone(s.chunks), func(c string) bool { return !strings.Contains(c, "end") }))
}

// words is a chunk as "INDEX text", "INDEX end output" or "INDEX failed reason".
func words(c *gateway.Chunk) string {
	switch {
	case c.Err != nil:
		return fmt.Sprint(c.Index, " failed ", errs.From(c.Err).Reason)
	case c.Final != nil:
		return fmt.Sprint(c.Index, " end ", *c.Final.Payload.Output)
	default:
		return fmt.Sprint(c.Index, " ", c.Event.Text)
	}
}

func collect(chunks iter.Seq2[*gateway.Chunk, error]) streamed {
	var out streamed
	for c, err := range chunks {
		if err != nil {
			out.err = err
			continue
		}
		if c.Opens() {
			out.opened = append(out.opened, c)
			continue
		}
		out.chunks = append(out.chunks, words(c))
	}
	return out
}

// of are the chunks of one sample.
func (s *streamed) of(index int) []string {
	other := func(c string) bool { return !strings.HasPrefix(c, fmt.Sprint(index, " ")) }
	return slices.DeleteFunc(slices.Clone(s.chunks), other)
}

func TestStreamOfOneSample(t *testing.T) {
	for name, test := range map[string]struct {
		play   iter.Seq2[llm.Event, error]
		want   []string
		reason errs.Reason
	}{
		"an answer":              {say(nil, "a", "b"), []string{"0 a", "0 b", "0 end ab"}, ""},
		"no output":              {say(nil), []string{"0 end "}, ""},
		"a failure before":       {say(failed(errs.Overloaded)), nil, errs.Overloaded},
		"a failure after output": {say(failed(errs.Overloaded), "a"), []string{"0 a"}, errs.Overloaded},
	} {
		t.Run(name, func(t *testing.T) {
			g, _, _ := open(t, func(context.Context, int) iter.Seq2[llm.Event, error] { return test.play })
			got := collect(g.Stream(t.Context(), input("m", 1)))
			if d := cmp.Diff(test.want, got.chunks); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if (got.err == nil) != (test.reason == "") || got.err != nil && !errs.Is(got.err, test.reason) {
				t.Errorf("the error is %v", got.err)
			}
		})
	}
}

// TestAStreamOpensBeforeAModelIsAsked states what is known by then: the Log that will be, and who is asked first.
func TestAStreamOpensBeforeAModelIsAsked(t *testing.T) {
	for _, samples := range []int{1, 3} {
		g, _, _ := open(t, func(context.Context, int) iter.Seq2[llm.Event, error] { return say(nil, "a") })
		in := input("m", samples)
		in.Log.ID = "mine"
		for c, err := range g.Stream(t.Context(), in) {
			if err != nil || !c.Opens() || c.LogID != "mine" || c.Provider != "openai" || c.Model != "m" || c.Attempts != 0 {
				t.Errorf("%+v, %v", c, err)
			}
			break
		}
	}
}

func TestStreamOfSeveralSamplesKeepsTheOrderOfEach(t *testing.T) {
	g, db, observed := open(t, func(context.Context, int) iter.Seq2[llm.Event, error] { return say(nil, "a", "b", "c") })
	in := input("m", 5)
	in.Log.ID = "mine"
	got := collect(g.Stream(t.Context(), in))
	for i := range 5 {
		p := fmt.Sprint(i, " ")
		if d := cmp.Diff([]string{p + "a", p + "b", p + "c", p + "end abc"}, got.of(i)); d != "" {
			t.Errorf("sample %d (-want +got):\n%s", i, d)
		}
	}
	if len(got.chunks) != 20 || got.err != nil {
		t.Errorf("%d chunks, %v", len(got.chunks), got.err)
	}
	logs, total, err := db.Logs(t.Context(), trace.Filter{Page: trace.Page{Number: 1, Size: 10}})
	if err != nil || total != 5 {
		t.Fatalf("%d Logs, %v", total, err)
	}
	var indexes []int
	for _, l := range logs {
		indexes = append(indexes, l.SampleIndex)
		if (l.ID == "mine") != (l.SampleIndex == 0) {
			t.Errorf("sample %d has the id %s", l.SampleIndex, l.ID)
		}
	}
	slices.Sort(indexes)
	if d := cmp.Diff([]int{0, 1, 2, 3, 4}, indexes); d != "" || len(observed) != 5 {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// Fault F14: TestAFailureWaitsForOutput lets one sample fail first: its chunk comes once another delivers. The other waits until nothing
// moves any more, so the failure is not only recorded but held.
func TestAFailureWaitsForOutput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := make(chan struct{})
		g, _, _ := open(t, func(_ context.Context, n int) iter.Seq2[llm.Event, error] {
			if n == 0 {
				return say(failed(errs.Overloaded))
			}
			<-held
			return say(nil, "a")
		})
		stream := g.Stream(t.Context(), input("m", 2))
		go func() {
			synctest.Wait()
			close(held)
		}()
		got := collect(stream)
		failed := got.chunks[0][:1]
		other := map[string]string{"0": "1", "1": "0"}[failed]
		if d := cmp.Diff([]string{failed + " failed overloaded", other + " a", other + " end a"}, got.chunks); d != "" || got.err != nil {
			t.Errorf("%v (-want +got):\n%s", got.err, d)
		}
	})
}

// TestASampleFailsAfterOutput ends that sample alone.
func TestASampleFailsAfterOutput(t *testing.T) {
	g, _, _ := open(t, func(_ context.Context, n int) iter.Seq2[llm.Event, error] {
		if n == 0 {
			return say(failed(errs.StreamInterrupted), "x")
		}
		return say(nil, "a")
	})
	got := collect(g.Stream(t.Context(), input("m", 2)))
	slices.SortFunc(got.chunks, func(a, b string) int { return strings.Compare(a[2:], b[2:]) })
	var kinds []string
	for _, c := range got.chunks {
		kinds = append(kinds, c[2:])
	}
	if d := cmp.Diff([]string{"a", "end a", "failed stream_interrupted", "x"}, kinds); d != "" || got.err != nil {
		t.Errorf("%v (-want +got):\n%s", got.err, d)
	}
}

// TestAllSamplesFail ends with the failure of the first sample, whichever failed first.
func TestAllSamplesFail(t *testing.T) {
	for _, run := range []func(*gateway.Gateway, *gateway.CallInput) error{
		func(g *gateway.Gateway, in *gateway.CallInput) error {
			_, err := g.Call(t.Context(), in)
			return err
		},
		func(g *gateway.Gateway, in *gateway.CallInput) error {
			got := collect(g.Stream(t.Context(), in))
			if len(got.chunks) > 0 {
				t.Errorf("chunks came: %v", got.chunks)
			}
			return got.err
		},
	} {
		g, _, _ := open(t, func(context.Context, int) iter.Seq2[llm.Event, error] { return say(failed(errs.RateLimited)) })
		in := input("m", 3)
		in.Log.ID = "first"
		if err := run(g, in); !errs.Is(err, errs.RateLimited) || errs.From(err).LogID != "first" {
			t.Errorf("the error is %v of Log %s", err, errs.From(err).LogID)
		}
	}
}

// TestBreakingTheLoopEndsTheSamples leaves after the first chunk: every provider's call is cancelled, and every Log kept.
func TestBreakingTheLoopEndsTheSamples(t *testing.T) {
	for _, samples := range []int{1, 4} {
		g, db, observed := open(t, func(ctx context.Context, _ int) iter.Seq2[llm.Event, error] {
			return func(yield func(llm.Event, error) bool) {
				if yield(text("a"), nil) && yield(text("b"), nil) {
					<-ctx.Done()
					yield(llm.Event{}, ctx.Err())
				}
			}
		})
		for c, err := range g.Stream(t.Context(), input("m", samples)) {
			if err != nil {
				t.Fatal(err)
			}
			if !c.Opens() {
				break
			}
		}
		for range samples {
			if o := <-observed; !o.Cancelled {
				t.Errorf("observed %+v", o)
			}
		}
		logs, total, err := db.Logs(t.Context(), trace.Filter{Page: trace.Page{Number: 1, Size: 10}})
		if err != nil || total != samples {
			t.Fatalf("%d Logs of %d samples, %v", total, samples, err)
		}
		for _, l := range logs {
			if l.Error == nil || l.Detail != nil || l.EndTime.IsZero() || l.Latency == nil {
				t.Errorf("the Log is %+v", l)
			}
		}
	}
}
