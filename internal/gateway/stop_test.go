package gateway_test

import (
	"context"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
)

// saysUntilEnd is a model that says "a" and then nothing more until its call ends.
func saysUntilEnd(ctx context.Context, _ int) iter.Seq2[llm.Event, error] {
	return func(yield func(llm.Event, error) bool) {
		if !yield(llm.Event{Text: "a"}, nil) {
			return
		}
		<-ctx.Done()
		yield(llm.Event{}, ctx.Err())
	}
}

// TestACallThatTheServerCutsOffSaysSo stops the server in the middle of calls: caller and Log hear of that, and nothing is tried again.
//
// Fault F6, Fault E4: the Log said that the caller had ended the connection.
func TestACallThatTheServerCutsOffSaysSo(t *testing.T) {
	stopping := errs.New(errs.ShuttingDown, "The server was stopped.")
	for _, c := range []struct {
		name    string
		samples int
		run     func(context.Context, *gateway.Gateway, *gateway.CallInput, func()) error
		partial bool
	}{
		{"whole", 1, whole, false}, {"whole, of several", 2, whole, false}, {"streamed", 1, flowing, true}, {"streamed, of several", 2, flowing, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, stop := context.WithCancelCause(t.Context())
			asked := make(chan struct{}, 9)
			g, db, observed := open(t, func(ctx context.Context, n int) iter.Seq2[llm.Event, error] {
				asked <- struct{}{}
				return saysUntilEnd(ctx, n)
			})
			in := input("m", c.samples)
			in.MaxRetries = new(3)
			err := c.run(ctx, g, in, func() {
				for range c.samples {
					<-asked
				}
				stop(stopping)
			})
			if !errs.Is(err, errs.ShuttingDown) {
				t.Errorf("the caller hears %v", err)
			}
			logs, _, err := db.Logs(t.Context(), trace.Filter{Page: trace.Page{Number: 1, Size: 10}})
			if err != nil || len(logs) != c.samples {
				t.Fatalf("%d Logs, %v", len(logs), err)
			}
			for _, l := range logs {
				if o := <-observed; l.Error == nil || *l.Error != stopping.Message || l.Detail == nil || l.Detail.Reason != errs.ShuttingDown ||
					l.Detail.PartialOutput != c.partial || len(o.Attempts) != 1 || o.Cancelled {
					t.Errorf("the Log has %v %+v, seen as %+v", l.Error, l.Detail, o)
				}
			}
		})
	}
}

func whole(ctx context.Context, g *gateway.Gateway, in *gateway.CallInput, underWay func()) error {
	go underWay()
	_, err := g.Call(ctx, in)
	return err
}

// flowing streams, and calls underWay once all samples have said something.
func flowing(ctx context.Context, g *gateway.Gateway, in *gateway.CallInput, underWay func()) error {
	var last error
	heard := 0
	for c, err := range g.Stream(ctx, in) {
		if last = err; err == nil && c.Event != nil {
			if heard++; heard == in.Samples {
				underWay()
			}
		}
	}
	return last
}

// TestACallThatItsCallerLeftSaysSo is the other side: nobody stopped the server.
func TestACallThatItsCallerLeftSaysSo(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	g, db, observed := open(t, saysUntilEnd)
	_ = flowing(ctx, g, input("m", 1), leave)
	logs, _, err := db.Logs(t.Context(), trace.Filter{Page: trace.Page{Number: 1, Size: 10}})
	if err != nil || len(logs) != 1 {
		t.Fatalf("%d Logs, %v", len(logs), err)
	}
	const want = "The caller ended the connection before the answer was complete."
	if d := cmp.Diff(want, *logs[0].Error); d != "" || !(<-observed).Cancelled {
		t.Errorf("(-want +got):\n%s", d)
	}
}
