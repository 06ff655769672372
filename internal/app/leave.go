package app

import (
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	leaveTime  = time.Second           // what clients get, twice at most, to send their next calls elsewhere
	leaveCheck = 10 * time.Millisecond // how often it is looked whether all have done so
	lastTime   = 50 * time.Millisecond // for connections that wait to be accepted when the address is given up
)

// leave lets clients disconnect before the server cuts connections, so that a load balancer in front of several replicas loses no call when
// one stops. First /ready fails, and each connection closes with its next answer; calls are still served for OPENLOOP_DRAIN_DELAY, in which balancers notice. Then
// new connections are refused. After the delay leave does not wait if nobody is connected, and it ends when hurry is closed. Call it before [http.Server.Shutdown], which closes connections whose request is
// still arriving.
func (a *App) leave(listener net.Listener, served <-chan error, hurry <-chan struct{}, connections *counter) {
	a.web.Leave()
	a.drain(hurry)
	connections.await(hurry)
	_ = listener.Close()
	a.log.Debug("stopping: nobody can connect any more", "because", <-served)
	connections.await(hurry)
}

// drain returns when balancers had the time to notice that the server stops, or when hurry is closed.
func (a *App) drain(hurry <-chan struct{}) {
	delay := a.cfg.DrainDelay()
	if delay == 0 {
		return
	}
	a.log.Info("stopping: calls are still taken, until balancers have noticed", "for", delay)
	select {
	case <-time.After(delay):
	case <-hurry:
	}
}

type counter struct{ n atomic.Int64 }

// note is an [http.Server.ConnState].
func (c *counter) note(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		c.n.Add(1)
	case http.StateClosed, http.StateHijacked:
		c.n.Add(-1)
	case http.StateActive, http.StateIdle:
	}
}

// await returns when no connection is left or the time is over.
func (c *counter) await(hurry <-chan struct{}) {
	check := time.NewTicker(leaveCheck)
	defer check.Stop()
	over := time.After(leaveTime)
	for c.n.Load() > 0 {
		select {
		case <-check.C:
		case <-over:
			return
		case <-hurry:
			return
		}
	}
}

// parting is a TCP listener that, when closed, first accepts waiting connections. The system would reset them otherwise.
type parting struct {
	*net.TCPListener
	closing atomic.Bool
	again   bool // of Accept
}

// Close implements [net.Listener]. Accept continues for a moment.
func (p *parting) Close() error {
	if p.closing.Swap(true) {
		return nil
	}
	return p.SetDeadline(time.Now().Add(lastTime))
}

// Accept implements [net.Listener].
func (p *parting) Accept() (net.Conn, error) {
	conn, err := p.TCPListener.Accept()
	if err != nil && p.closing.Load() && !p.again { // a process that was held up finds its time over, and somebody waits all the same
		p.again = true
		_ = p.SetDeadline(time.Now().Add(lastTime))
		conn, err = p.TCPListener.Accept()
	}
	if err != nil && p.closing.Load() {
		_ = p.TCPListener.Close() // it took all that it can
		return nil, net.ErrClosed
	}
	return conn, err
}
