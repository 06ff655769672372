package admit_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/admit"
	"github.com/openloop-server/openloop/internal/auth"
)

// model is a server with one queue, which answers capacity requests a second, and has a signal of how long the oldest has waited. Its clock is its
// own, in steps of a millisecond.
type model struct {
	*admit.Controller

	now    time.Time
	chance *rand.Rand
	queue  []arrival
	ready  float64 // of the next answer
	speed  float64 // answers a second

	clients []time.Time // when each of a closed loop calls again, zero while it waits for its answer

	offered, entered map[auth.Priority]int
	answered         int
	left             uint64 // the queue, ever
	waits            []time.Duration
}

type arrival struct {
	at     time.Time
	pass   admit.Pass
	client int // of a closed loop
}

const (
	capacity = 2000
	patience = 50 * time.Millisecond // the target of the signal
)

func newModel(seed uint64) *model {
	m := &model{now: day, chance: rand.New(rand.NewPCG(seed, 1)), speed: capacity}
	m.forget()
	m.Controller = admit.New(admit.Options{Draw: m.chance.Float64, Signals: []admit.Signal{admit.Waiting("queue", patience, admit.Wait(func() admit.Queue {
		q := admit.Queue{Waiting: len(m.queue), Left: m.left}
		if q.Waiting > 0 {
			q.Oldest = m.now.Sub(m.queue[0].at)
		}
		return q
	}))}})
	return m
}

func (m *model) forget() {
	m.offered, m.entered, m.answered, m.waits = map[auth.Priority]int{}, map[auth.Priority]int{}, 0, nil
}

// mix is how many of twenty requests have which priority.
var mix = []struct {
	priority auth.Priority
	of20     int
}{{auth.Critical, 1}, {auth.Interactive, 13}, {auth.Batch, 6}}

// run offers a load, in times the capacity, for a time.
func (m *model) run(load float64, d time.Duration) {
	due := 0.0
	m.pass(d, func() {
		for due += load * capacity / 1000; due >= 1; due-- {
			m.arrive(m.priority(), 0)
		}
	})
}

// loop has n clients, each of which calls again once it was answered, and after it was turned away when that is over, for a time.
func (m *model) loop(n int, p auth.Priority, away func() time.Duration, d time.Duration) {
	for len(m.clients) < n {
		m.clients = append(m.clients, m.now)
	}
	m.pass(d, func() {
		for i, at := range m.clients[:n] {
			if at.IsZero() || at.After(m.now) {
				continue
			}
			m.clients[i] = time.Time{}
			if !m.arrive(p, i) {
				m.clients[i] = m.now.Add(away())
			}
		}
	})
}

// pass has the time go on, with arrivals in each millisecond.
func (m *model) pass(d time.Duration, arrivals func()) {
	for end := m.now.Add(d); m.now.Before(end); {
		m.now = m.now.Add(time.Millisecond)
		arrivals()
		for m.ready = min(m.ready+m.speed/1000, 1+m.speed/1000); m.ready >= 1 && len(m.queue) > 0; m.ready-- {
			m.answer()
		}
		if m.now.Sub(day)%admit.Every == 0 {
			m.Sample(m.now)
		}
	}
}

// priority is that of one of the mix, by chance.
func (m *model) priority() auth.Priority {
	n := m.chance.IntN(20)
	for _, c := range mix {
		if n -= c.of20; n < 0 {
			return c.priority
		}
	}
	return auth.Batch
}

func (m *model) arrive(p auth.Priority, client int) bool {
	m.offered[p]++
	pass, ok := m.Enter(p)
	if ok {
		m.entered[p]++
		m.queue = append(m.queue, arrival{m.now, pass, client})
	}
	return ok
}

func (m *model) answer() {
	first := m.queue[0]
	m.queue = m.queue[1:]
	m.waits = append(m.waits, m.now.Sub(first.at))
	m.answered++
	m.left++
	first.pass.Leave()
	if first.client < len(m.clients) {
		m.clients[first.client] = m.now
	}
}

// share is the part of the arrivals of a priority that was let in.
func (m *model) share(p auth.Priority) float64 { return float64(m.entered[p]) / float64(m.offered[p]) }

// TestOverloadOfAModel holds the controller to what is wanted of the server: whatever the load is, the server does what it can, those whom it lets in
// wait a bounded time, and all that are critical come in; and soon after the load all do.
func TestOverloadOfAModel(t *testing.T) {
	for _, load := range []float64{1.2, 3, 5, 10} {
		for seed := range uint64(2) {
			t.Run(fmt.Sprint(load, "/", seed), func(t *testing.T) {
				m := newModel(seed)
				m.run(0.8, 2*time.Second)
				if m.share(auth.Batch) != 1 {
					t.Errorf("below the capacity, %v of batch came in", m.share(auth.Batch))
				}
				m.run(load, 5*time.Second) // settles
				if worst := percentile(m.waits, 1); worst > 2500*time.Millisecond {
					t.Errorf("at its beginning, somebody waits for %v", worst)
				}
				m.forget()
				m.run(load, 5*time.Second)
				m.holds(t, load)
				m.run(0.8, time.Second)
				m.forget()
				m.run(0.8, 2*time.Second)
				if m.share(auth.Batch) < 1 || m.Pressure() != 0 {
					t.Errorf("a second after the load, %v of batch come in, at a pressure of %v", m.share(auth.Batch), m.Pressure())
				}
			})
		}
	}
}

// holds checks what became of a load.
func (m *model) holds(t *testing.T, load float64) {
	t.Helper()
	good := float64(m.answered) / 5 / capacity
	worst := percentile(m.waits, 0.99)
	t.Logf("goodput %.3f, waits p50 %v p99 %v, critical %.3f, interactive %.3f, batch %.3f, pressure %.2f", good, percentile(m.waits, 0.5), worst,
		m.share(auth.Critical), m.share(auth.Interactive), m.share(auth.Batch), m.Pressure())
	if good < 0.97 {
		t.Errorf("goodput is %.3f of the capacity", good)
	}
	if most := time.Duration(float64(patience) * (3 + load/2)); worst > most {
		t.Errorf("the 99th percentile of waits is %v, more than %v", worst, most)
	}
	if m.share(auth.Interactive) < m.share(auth.Batch) || m.share(auth.Critical) < m.share(auth.Interactive) {
		t.Error("a lower priority goes before a higher one")
	}
	if load <= 5 && m.share(auth.Critical) < 0.999 {
		t.Errorf("%.4f of what is critical came in", m.share(auth.Critical))
	}
}

// TestAStallOfAModel stops all answers for ten seconds, as a disk that hangs: what waits stays bounded, and comes to an end soon afterwards.
func TestAStallOfAModel(t *testing.T) {
	m := newModel(7)
	m.run(0.8, 2*time.Second)
	m.speed = 0
	m.run(0.8, 10*time.Second)
	if n := len(m.queue); n > capacity {
		t.Errorf("%d requests wait", n)
	}
	m.speed = capacity
	m.run(0.8, 2*time.Second)
	m.forget()
	m.run(0.8, 2*time.Second)
	if m.share(auth.Batch) < 1 || len(m.queue) > 100 {
		t.Errorf("two seconds after the stall, %v of batch come in and %d wait", m.share(auth.Batch), len(m.queue))
	}
}

// TestClosedLoopsOfAModel has clients of which each calls again once it was answered. Up to a thousand, none is turned away, however slow the server is.
func TestClosedLoopsOfAModel(t *testing.T) {
	for _, c := range []struct {
		clients int
		speed   float64
	}{{1, 5}, {64, 50}, {256, capacity}, {256, 100}, {256, 10}, {1000, capacity}, {1000, 100}} {
		for _, p := range []auth.Priority{auth.Batch, auth.Interactive} {
			m := newModel(1)
			m.speed = c.speed
			m.loop(c.clients, p, never(t), 10*time.Second)
			if m.share(p) < 1 || m.Pressure() != 0 {
				t.Errorf("%d clients of %s, at %v answers a second: %v come in, at a pressure of %v", c.clients, p, c.speed, m.share(p), m.Pressure())
			}
		}
	}
}

func never(t *testing.T) func() time.Duration {
	return func() time.Duration { t.Error("a client was turned away"); return time.Hour }
}

// TestAClosedLoopAfterAnOverload of a model: clients that come back at once keep the server from nothing, and as soon as few of them are left, none is turned away.
func TestAClosedLoopAfterAnOverload(t *testing.T) {
	m := newModel(3)
	m.loop(4000, auth.Interactive, func() time.Duration { return time.Millisecond }, 5*time.Second)
	if good := float64(m.answered) / 5 / capacity; good < 0.97 || m.share(auth.Interactive) == 1 {
		t.Errorf("goodput is %.3f of the capacity, and %v came in", good, m.share(auth.Interactive))
	}
	m.loop(256, auth.Interactive, func() time.Duration { return time.Millisecond }, 3*time.Second)
	m.loop(256, auth.Interactive, never(t), 5*time.Second)
}
