package telemetry

import (
	"cmp"
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// What waits at most, unless the settings say otherwise.
const (
	mostWaiting = 4096
	mostAtOnce  = 512
	mostDelay   = 5 * time.Second
)

// exportTime is how long one batch may take, with all that is tried again.
const exportTime = 30 * time.Second

// queue is an [sdk.SpanProcessor] that holds a bounded number of spans, counts those it drops, and never waits. It gives the SDK's own queue no more
// than that one takes, since the SDK does not tell what it drops.
type queue struct {
	sdk.SpanProcessor
	most                        int64
	held, sent, failed, dropped atomic.Int64
}

func newQueue(o *Options, to sdk.SpanExporter) *queue {
	most := cmp.Or(o.Queue, mostWaiting)
	q := &queue{most: int64(most)}
	q.SpanProcessor = sdk.NewBatchSpanProcessor(&counted{to, q, o.Logger},
		sdk.WithMaxQueueSize(most), sdk.WithMaxExportBatchSize(min(cmp.Or(o.Batch, mostAtOnce), most)),
		sdk.WithBatchTimeout(cmp.Or(o.Delay, mostDelay)), sdk.WithExportTimeout(exportTime))
	return q
}

// OnEnd implements [sdk.SpanProcessor].
func (q *queue) OnEnd(s sdk.ReadOnlySpan) {
	if !s.SpanContext().IsSampled() {
		return
	}
	if q.held.Add(1) > q.most {
		q.held.Add(-1)
		q.dropped.Add(1)
		return
	}
	q.SpanProcessor.OnEnd(s)
}

// counted counts what an exporter did.
type counted struct {
	sdk.SpanExporter
	q   *queue
	log *slog.Logger
}

// ExportSpans implements [sdk.SpanExporter]. It keeps its failures to itself: the SDK would only print them.
func (c *counted) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	n := int64(len(spans))
	defer c.q.held.Add(-n)
	err := c.SpanExporter.ExportSpans(ctx, spans)
	if err == nil {
		c.q.sent.Add(n)
		return nil
	}
	c.q.failed.Add(n)
	c.log.WarnContext(ctx, "spans could not be sent", "spans", n, "error", err)
	return nil
}
