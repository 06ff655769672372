package telemetry

import (
	"cmp"
	"context"
	"time"

	dto "github.com/prometheus/client_model/go"
	"go.opentelemetry.io/otel/sdk/resource"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	metricspb "go.opentelemetry.io/proto/otlp/metrics/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"

	"github.com/openloop-server/openloop/internal/worker"
)

// exportMetrics sends all metrics of the registry again and again, and once more at the end.
func (t *Telemetry) exportMetrics(from *resource.Resource) *worker.Worker {
	began, about, to := time.Now(), resourceOf(from), newSender(t.o.Metrics)
	export := func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, exportTime)
		defer cancel()
		families, err := t.o.Registry.Gather() // gathers what it can beside an error
		if len(families) > 0 {
			err = cmp.Or(to.sendMetrics(ctx, &metricspb.ResourceMetrics{Resource: about, ScopeMetrics: scopeMetrics(families, began, time.Now())}), err)
		}
		if err != nil {
			t.o.Logger.WarnContext(ctx, "metrics could not be sent", "error", err)
		}
	}
	return worker.New(func(ctx context.Context, ready func()) {
		ready()
		tick := time.NewTicker(cmp.Or(t.o.Every, time.Minute))
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				export(ctx)
			case <-ctx.Done():
				last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastExport)
				defer cancel()
				export(last)
				to.http.CloseIdleConnections()
				return
			}
		}
	})
}

// lastExport is the time of the last export of metrics, when the server stops.
const lastExport = 2 * time.Second

func resourceOf(r *resource.Resource) *resourcepb.Resource {
	out := new(resourcepb.Resource)
	for _, a := range r.Attributes() {
		out.Attributes = append(out.Attributes, label(string(a.Key), a.Value.AsString()))
	}
	return out
}

func label(name, v string) *common.KeyValue {
	return &common.KeyValue{Key: name, Value: &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: v}}}
}

// span of time in which metrics were counted.
type interval struct{ from, to uint64 }

// scopeMetrics returns families of metrics as OTLP has them: all counted from began on, as Prometheus does.
func scopeMetrics(families []*dto.MetricFamily, began, now time.Time) []*metricspb.ScopeMetrics {
	in := interval{uint64(began.UnixNano()), uint64(now.UnixNano())}
	out := &metricspb.ScopeMetrics{Scope: &common.InstrumentationScope{Name: "github.com/openloop-server/openloop"}}
	for _, f := range families {
		m := &metricspb.Metric{Name: f.GetName(), Description: f.GetHelp()}
		switch f.GetType() {
		case dto.MetricType_COUNTER:
			m.Data = &metricspb.Metric_Sum{Sum: &metricspb.Sum{
				AggregationTemporality: metricspb.AggregationTemporality_AGGREGATION_TEMPORALITY_CUMULATIVE, IsMonotonic: true,
				DataPoints: in.numbers(f, func(m *dto.Metric) float64 { return m.GetCounter().GetValue() }),
			}}
		case dto.MetricType_GAUGE, dto.MetricType_UNTYPED:
			m.Data = &metricspb.Metric_Gauge{Gauge: &metricspb.Gauge{DataPoints: in.numbers(f, func(m *dto.Metric) float64 {
				return m.GetGauge().GetValue() + m.GetUntyped().GetValue()
			})}}
		case dto.MetricType_HISTOGRAM:
			m.Data = &metricspb.Metric_Histogram{Histogram: &metricspb.Histogram{
				AggregationTemporality: metricspb.AggregationTemporality_AGGREGATION_TEMPORALITY_CUMULATIVE, DataPoints: in.histograms(f),
			}}
		case dto.MetricType_SUMMARY:
			m.Data = &metricspb.Metric_Summary{Summary: &metricspb.Summary{DataPoints: in.summaries(f)}}
		default:
			continue
		}
		out.Metrics = append(out.Metrics, m)
	}
	return []*metricspb.ScopeMetrics{out}
}

func labels(m *dto.Metric) []*common.KeyValue {
	out := make([]*common.KeyValue, 0, len(m.GetLabel()))
	for _, l := range m.GetLabel() {
		out = append(out, label(l.GetName(), l.GetValue()))
	}
	return out
}

func (in interval) numbers(f *dto.MetricFamily, of func(*dto.Metric) float64) []*metricspb.NumberDataPoint {
	var out []*metricspb.NumberDataPoint
	for _, m := range f.GetMetric() {
		out = append(out, &metricspb.NumberDataPoint{
			Attributes: labels(m), StartTimeUnixNano: in.from, TimeUnixNano: in.to, Value: &metricspb.NumberDataPoint_AsDouble{AsDouble: of(m)},
		})
	}
	return out
}

// histograms returns the points of a family. Prometheus' buckets count what is below them, and those of OTLP what is between two.
func (in interval) histograms(f *dto.MetricFamily) []*metricspb.HistogramDataPoint {
	var out []*metricspb.HistogramDataPoint
	for _, m := range f.GetMetric() {
		h := m.GetHistogram()
		p := &metricspb.HistogramDataPoint{
			Attributes: labels(m), StartTimeUnixNano: in.from, TimeUnixNano: in.to, Count: h.GetSampleCount(), Sum: new(h.GetSampleSum()),
		}
		below := uint64(0)
		for _, b := range h.GetBucket() {
			p.ExplicitBounds = append(p.ExplicitBounds, b.GetUpperBound())
			p.BucketCounts = append(p.BucketCounts, b.GetCumulativeCount()-below)
			below = b.GetCumulativeCount()
		}
		p.BucketCounts = append(p.BucketCounts, h.GetSampleCount()-below)
		out = append(out, p)
	}
	return out
}

func (in interval) summaries(f *dto.MetricFamily) []*metricspb.SummaryDataPoint {
	var out []*metricspb.SummaryDataPoint
	for _, m := range f.GetMetric() {
		s := m.GetSummary()
		p := &metricspb.SummaryDataPoint{Attributes: labels(m), StartTimeUnixNano: in.from, TimeUnixNano: in.to, Count: s.GetSampleCount(), Sum: s.GetSampleSum()}
		for _, q := range s.GetQuantile() {
			p.QuantileValues = append(p.QuantileValues, &metricspb.SummaryDataPoint_ValueAtQuantile{Quantile: q.GetQuantile(), Value: q.GetValue()})
		}
		out = append(out, p)
	}
	return out
}
