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

// leave lets clients go before anything is cut, so that whoever spreads calls over several replicas loses none when one of them stops:
// first /ready says no, and each connection ends with its next answer; then further connections are refused. It does not wait when
// nobody is connected, and ends when hurry is closed. [http.Server.Shutdown] comes after it, as that closes connections whose request
// is on its way.
func (a *App) leave(listener net.Listener, served <-chan error, hurry <-chan struct{}, connections *counter) {
	a.web.Leave()
	connections.await(hurry)
	_ = listener.Close()
	a.log.Debug("stopping: nobody can connect any more", "because", <-served)
	connections.await(hurry)
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

// await returns when no connection is left, or the time for it is over.
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

// parting is a TCP listener that first accepts who waits when it is closed: the system resets what was connected and not accepted.
type parting struct {
	*net.TCPListener
	closing atomic.Bool
	again   bool // of Accept
}

// Close implements [net.Listener]. Accept goes on for a moment.
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
