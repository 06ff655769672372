package metrics

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/openloop-server/openloop/internal/jobs"
	"github.com/openloop-server/openloop/internal/store"
)

// Task counts a task that was worked on.
func (m *Metrics) Task(o jobs.Observation) {
	m.tasks.WithLabelValues(o.Pool, lanes[o.Lane], o.Outcome).Observe(o.Took.Seconds())
}

var lanes = map[store.Lane]string{store.GateLane: "gate", store.RunLane: "run", store.MonitoringLane: "monitoring"}

// Watch adds what is known of the tasks at the moment when metrics are read: what the pools of this process do, and which tasks the database
// keeps, which are counted every few seconds at most, and how many Logs were not monitored.
func (m *Metrics) Watch(pools func() []jobs.PoolState, count func(context.Context) ([]store.TaskCount, error), skipped func() int64, now func() time.Time) {
	m.registry.MustRegister(&taskCollector{pools: pools, count: count, skipped: skipped, now: now})
}

// taskCollector implements [prometheus.Collector].
type taskCollector struct {
	pools   func() []jobs.PoolState
	count   func(context.Context) ([]store.TaskCount, error)
	now     func() time.Time
	skipped func() int64

	mu      sync.Mutex
	counted time.Time
	counts  []store.TaskCount
}

const (
	countEvery = 5 * time.Second
	countTime  = 2 * time.Second
)

var (
	taskGauge  = prometheus.NewDesc("openloop_tasks", "Tasks in the database, waiting or running.", []string{"pool", "lane", "state"}, nil)
	lagGauge   = prometheus.NewDesc("openloop_task_lag_seconds", "How long the oldest waiting task has been due.", []string{"pool", "lane"}, nil)
	limitGauge = prometheus.NewDesc("openloop_task_limit", "Tasks of a pool that this process may run at once.", []string{"pool"}, nil)
	skipCount  = prometheus.NewDesc("openloop_monitoring_skipped_total", "Logs that monitoring passed over, since too many waited for the Evaluator.", nil, nil)
	runGauge   = prometheus.NewDesc("openloop_tasks_running", "Tasks that this process runs.", []string{"pool"}, nil)
)

// Describe implements [prometheus.Collector].
func (c *taskCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{taskGauge, lagGauge, limitGauge, runGauge, skipCount} {
		out <- d
	}
}

// Collect implements [prometheus.Collector].
func (c *taskCollector) Collect(out chan<- prometheus.Metric) {
	for _, p := range c.pools() {
		out <- gauge(limitGauge, p.Limit, p.Name)
		out <- gauge(runGauge, p.Running, p.Name)
	}
	out <- prometheus.MustNewConstMetric(skipCount, prometheus.CounterValue, float64(c.skipped()))
	now := c.now()
	for _, n := range c.kept(now) {
		out <- gauge(taskGauge, n.Waiting, n.Pool, lanes[n.Lane], "waiting")
		out <- gauge(taskGauge, n.Held, n.Pool, lanes[n.Lane], "running")
		lag := 0.0
		if !n.Oldest.IsZero() {
			lag = max(now.Sub(n.Oldest).Seconds(), 0)
		}
		out <- gauge(lagGauge, lag, n.Pool, lanes[n.Lane])
	}
}

func gauge[N int | float64](d *prometheus.Desc, n N, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), labels...)
}

// kept counts the tasks in the database, or returns what it has counted just before.
func (c *taskCollector) kept(now time.Time) []store.TaskCount {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.counted) < countEvery {
		return c.counts
	}
	ctx, cancel := context.WithTimeout(context.Background(), countTime)
	defer cancel()
	counts, err := c.count(ctx)
	if err != nil {
		return nil // nothing rather than what is old
	}
	c.counts, c.counted = counts, now
	return counts
}
