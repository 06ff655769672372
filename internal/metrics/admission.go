package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/openloop-server/openloop/internal/admit"
	"github.com/openloop-server/openloop/internal/auth"
)

// Admission adds what is known of the load at the moment when metrics are read: the pressure of each signal, and what was turned away.
func (m *Metrics) Admission(c *admit.Controller) { m.registry.MustRegister(&admissionCollector{c}) }

// admissionCollector implements [prometheus.Collector].
type admissionCollector struct{ c *admit.Controller }

var (
	pressureGauge = prometheus.NewDesc("openloop_pressure", "How much there is to do, by what is scarce; above 1 requests are turned away.", []string{"signal"}, nil)
	shedCount     = prometheus.NewDesc("openloop_shed_total", "Requests that were turned away because of load, by priority.", []string{"class"}, nil)
)

// Describe implements [prometheus.Collector].
func (a *admissionCollector) Describe(out chan<- *prometheus.Desc) {
	out <- pressureGauge
	out <- shedCount
}

// Collect implements [prometheus.Collector].
func (a *admissionCollector) Collect(out chan<- prometheus.Metric) {
	for _, l := range a.c.Levels() {
		out <- gauge(pressureGauge, l.Pressure, l.Signal)
	}
	for _, p := range []auth.Priority{auth.Critical, auth.Interactive, auth.Batch} {
		out <- prometheus.MustNewConstMetric(shedCount, prometheus.CounterValue, float64(a.c.Shed(p)), string(p))
	}
}
