package llmhttp

import (
	"context"
	"io"
	"net"
)

// outgoing is a connection to a provider. A body that is in memory goes to the system as it is: package net would copy it through a buffer that it
// allocates for each request. Connections with TLS have no use for it.
type outgoing struct{ net.Conn }

// ReadFrom implements [io.ReaderFrom]. Package net/http limits a body to its length.
func (c outgoing) ReadFrom(r io.Reader) (int64, error) {
	if l, ok := r.(*io.LimitedReader); ok {
		if body, ok := l.R.(io.WriterTo); ok {
			n, err := body.WriteTo(c.Conn)
			l.N -= n
			return n, err
		}
	}
	return io.Copy(c.Conn, r)
}

// dial returns connections of a dialer.
func dial(d *net.Dialer) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return outgoing{c}, nil
	}
}
