package http1

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"time"
)

// Conn is one keep-alive client connection. It runs one exchange at a time; it is not safe for concurrent use, except for Close.
type Conn struct {
	conn   net.Conn
	reader *bufio.Reader
}

// Dial connects to a host:port over TCP.
func Dial(ctx context.Context, addr string) (*Conn, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return &Conn{conn: conn, reader: bufio.NewReaderSize(conn, 16<<10)}, nil
}

// Do sends request, a whole HTTP/1.1 request, and reads the answer; sink gets the body as it arrives (see ReadBody). After an error the
// connection is of no further use. A server that ends the keep-alive makes the next Do fail.
func (c *Conn) Do(request []byte, sink func([]byte)) (Head, error) {
	if _, err := c.conn.Write(request); err != nil {
		return Head{}, fmt.Errorf("send request: %w", err)
	}
	h, err := ReadHead(c.reader)
	if err != nil {
		return Head{}, fmt.Errorf("read head: %w", inside(err))
	}
	if h.Status() == 0 || (h.Length < 0 && !h.Chunked) {
		return Head{}, malformed("answer without a status or a length")
	}
	if err := ReadBody(c.reader, h, sink); err != nil {
		return Head{}, fmt.Errorf("read body: %w", err)
	}
	return h, nil
}

// Close closes the connection; a Do in progress fails.
func (c *Conn) Close() error { return c.conn.Close() }

// Sip opens a connection, sends request, and from then on reads so many bytes of the answer at a time, each interval, until ctx is done or the
// connection ends. It keeps little in the buffers of the system, so that the server notices.
func Sip(ctx context.Context, addr string, request []byte, bytes int, each time.Duration) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(bytes) // the system takes what is possible
	}
	if _, err := conn.Write(request); err != nil {
		return fmt.Errorf("send request: %w", err)
	}
	go func() {
		defer func() { _ = conn.Close() }()
		clock := time.NewTicker(each)
		defer clock.Stop()
		buf := make([]byte, bytes)
		for {
			select {
			case <-clock.C:
			case <-ctx.Done():
				return
			}
			if _, err := conn.Read(buf); err != nil {
				return
			}
		}
	}()
	return nil
}
