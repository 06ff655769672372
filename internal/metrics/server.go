package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/openloop-server/openloop/internal/health"
	"github.com/openloop-server/openloop/internal/store"
)

// Sources tell of a server at the moment when metrics are read.
type Sources struct {
	Version string

	Health  func() (known map[string]int, out map[health.Outage]int) // targets of calls
	Pools   func() []store.PoolState
	Queue   func() store.CommitQueue
	Commits func() store.Commits

	Spans        func() (sent, failed, dropped int64)
	SpansWaiting func() int64
}

// Server adds what is known of the server. It is called once.
func (m *Metrics) Server(s Sources) { m.registry.MustRegister(&serverCollector{s}) }

// serverCollector implements [prometheus.Collector].
type serverCollector struct{ s Sources }

var (
	buildGauge = desc("openloop_build_info", "Always 1; the label has the version of the program.", "version")

	targetGauge = desc("openloop_health_targets", "Targets of calls that are known: models of a provider with a key.", "provider")
	outGauge    = desc("openloop_health_targets_out", "Targets of calls that are left alone for a while, by the reason of their failure.", "provider", "reason")

	poolGauge   = desc("openloop_database_connections", "Connections to the database, by state (in_use or idle).", "pool", "state")
	mostGauge   = desc("openloop_database_connections_max", "Connections to the database that there may be.", "pool")
	waitCount   = desc("openloop_database_waits_total", "Waits for a connection to the database.", "pool")
	waitSeconds = desc("openloop_database_wait_seconds_total", "Time that was waited for connections to the database.", "pool")

	queueGauge    = desc("openloop_commit_queue", "Logs that wait for their commit.")
	oldestGauge   = desc("openloop_commit_oldest_seconds", "How long the oldest of them has waited.")
	commitCount   = desc("openloop_commits_total", "Transactions that store Logs, by outcome (ok or error).", "outcome")
	commitLogs    = desc("openloop_committed_logs_total", "Logs that were stored.")
	commitSeconds = desc("openloop_commit_seconds_total", "Time that the transactions took.")

	spanCount = desc("openloop_telemetry_spans_total", "Spans for OpenTelemetry, by outcome (sent, failed or dropped).", "outcome")
	spanGauge = desc("openloop_telemetry_spans_waiting", "Spans that wait to be sent.")
)

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// Describe implements [prometheus.Collector].
func (c *serverCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		buildGauge, targetGauge, outGauge, poolGauge, mostGauge, waitCount, waitSeconds, queueGauge, oldestGauge, commitCount, commitLogs, commitSeconds, spanCount, spanGauge,
	} {
		out <- d
	}
}

// Collect implements [prometheus.Collector].
func (c *serverCollector) Collect(out chan<- prometheus.Metric) {
	out <- gauge(buildGauge, 1, c.s.Version)
	known, broken := c.s.Health()
	for provider, n := range known {
		out <- gauge(targetGauge, n, provider)
	}
	for o, n := range broken {
		out <- gauge(outGauge, n, o.Provider, string(o.Reason))
	}
	for _, p := range c.s.Pools() {
		out <- gauge(poolGauge, p.InUse, p.Name, "in_use")
		out <- gauge(poolGauge, p.Idle, p.Name, "idle")
		out <- gauge(mostGauge, p.Most, p.Name)
		out <- total(waitCount, p.Waits, p.Name)
		out <- total(waitSeconds, p.Waited.Seconds(), p.Name)
	}
	q, done := c.s.Queue(), c.s.Commits()
	out <- gauge(queueGauge, q.Waiting)
	out <- gauge(oldestGauge, q.Oldest.Round(time.Microsecond).Seconds())
	out <- total(commitCount, done.Made, "ok")
	out <- total(commitCount, done.Failed, "error")
	out <- total(commitLogs, done.Logs)
	out <- total(commitSeconds, done.Took.Seconds())
	sent, failed, dropped := c.s.Spans()
	out <- total(spanCount, sent, "sent")
	out <- total(spanCount, failed, "failed")
	out <- total(spanCount, dropped, "dropped")
	out <- gauge(spanGauge, float64(c.s.SpansWaiting()))
}

func total[N int64 | float64](d *prometheus.Desc, n N, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
}
