package cluster

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// proxy stands between one server and the database. It can cut connections and refuse new ones, hold up all bytes, and swallow notifications.
type proxy struct {
	listener net.Listener
	socket   string // of the database
	query    url.Values

	mu      sync.Mutex
	conns   map[net.Conn]bool
	refuse  bool
	deaf    bool
	stalled chan struct{} // closed when bytes go on; nil while they do
}

// newProxy returns a proxy to the database with a URL of pgtest.
func newProxy(t *testing.T, database string) *proxy {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	p := &proxy{listener: l, socket: q.Get("host") + "/.s.PGSQL.5432", query: q, conns: map[net.Conn]bool{}}
	go p.serve()
	t.Cleanup(func() {
		_ = l.Close()
		p.flow()
		p.cut()
	})
	return p
}

// url is that of the database through the proxy.
func (p *proxy) url() string {
	return "postgres://" + p.query.Get("user") + "@" + p.listener.Addr().String() + "/postgres?" +
		url.Values{"search_path": {p.query.Get("search_path")}, "application_name": {p.query.Get("search_path")}, "sslmode": {"disable"}}.Encode()
}

func (p *proxy) serve() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.connect(conn)
	}
}

func (p *proxy) connect(client net.Conn) {
	database, err := net.Dial("unix", p.socket)
	if err != nil || !p.add(client, database) {
		_ = client.Close()
		if err == nil {
			_ = database.Close()
		}
		return
	}
	ended := make(chan string, 2)
	go func() { ended <- p.requests(database, client).Error() }()
	go func() { ended <- p.answers(client, database).Error() }()
	<-ended
	_, _ = client.Close(), database.Close()
	<-ended
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, client)
	delete(p.conns, database)
}

func (p *proxy) add(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		p.conns[c] = true
	}
	return !p.refuse
}

// requests passes on what the server sends, until an error.
func (p *proxy) requests(to io.Writer, from io.Reader) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		p.wait()
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
}

// answers passes on the messages of the database, until an error: a byte for the type, and four for the length with themselves.
func (p *proxy) answers(to io.Writer, from io.Reader) error {
	const notification = 'A'
	r := bufio.NewReader(from)
	for {
		head, err := r.Peek(5)
		if err != nil {
			return err
		}
		message := make([]byte, 1+binary.BigEndian.Uint32(head[1:]))
		if _, err := io.ReadFull(r, message); err != nil {
			return err
		}
		p.wait()
		if message[0] == notification && p.isDeaf() {
			continue
		}
		if _, err := to.Write(message); err != nil {
			return err
		}
	}
}

func (p *proxy) isDeaf() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.deaf
}

// swallow has notifications swallowed, or passed on again.
func (p *proxy) swallow(yes bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.deaf = yes
}

// cut ends all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
}

// fail ends all connections and takes no more until accept.
func (p *proxy) fail() {
	p.mu.Lock()
	p.refuse = true
	p.mu.Unlock()
	p.cut()
}

func (p *proxy) accept() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = false
}

// stall holds up all bytes until flow.
func (p *proxy) stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stalled = make(chan struct{})
}

func (p *proxy) flow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stalled != nil {
		close(p.stalled)
		p.stalled = nil
	}
}

func (p *proxy) wait() {
	p.mu.Lock()
	stalled := p.stalled
	p.mu.Unlock()
	if stalled != nil {
		<-stalled
	}
}
