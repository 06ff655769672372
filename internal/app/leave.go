package app

import (
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	leaveTime  = time.Second            // what clients get to send their next call elsewhere
	leaveCheck = 10 * time.Millisecond  // how often it is looked whether all have done so
	quietTime  = 100 * time.Millisecond // without a connection that waits to be accepted, before the address is given up
)

// leave lets clients go before anything is refused. Each connection ends with its next answer, and /ready says no, so that whoever spreads
// calls over several replicas loses none when one of them stops. It returns when no connection is left, after a second, or when hurry is
// closed.
func (a *App) leave(hurry <-chan struct{}, connections *counter) {
	a.web.Leave()
	check := time.NewTicker(leaveCheck)
	defer check.Stop()
	over := time.After(leaveTime)
	for connections.n.Load() > 0 {
		select {
		case <-check.C:
		case <-over:
			return
		case <-hurry:
			return
		}
	}
}

// counter counts the connections that are open.
type counter struct{ n atomic.Int64 }

// note is a [http.Server.ConnState].
func (c *counter) note(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		c.n.Add(1)
	case http.StateClosed, http.StateHijacked:
		c.n.Add(-1)
	case http.StateActive, http.StateIdle:
	}
}

// parting is a TCP listener that is closed once nobody waits any more: the system resets connections that it has made and that were not
// accepted yet.
type parting struct {
	net.Listener
	closing atomic.Bool
}

// Close implements [net.Listener]. Accept goes on for a moment.
func (p *parting) Close() error {
	if p.closing.Swap(true) {
		return nil
	}
	return p.expire()
}

func (p *parting) expire() error {
	l, ok := p.Listener.(interface{ SetDeadline(at time.Time) error })
	if !ok {
		return p.Listener.Close()
	}
	return l.SetDeadline(time.Now().Add(quietTime))
}

// Accept implements [net.Listener].
func (p *parting) Accept() (net.Conn, error) {
	conn, err := p.Listener.Accept()
	if !p.closing.Load() {
		return conn, err
	}
	if err != nil {
		_ = p.Listener.Close() // it took all that it can
		return nil, net.ErrClosed
	}
	return conn, p.expire()
}
