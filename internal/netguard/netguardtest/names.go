// Package netguardtest gives tests names that resolve as they like.
package netguardtest

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
)

// Names makes a name server on loopback the resolver of this process until the test ends. Every name has each address in turn. Names counts the
// questions.
func Names(t *testing.T, addresses ...netip.Addr) *atomic.Int64 {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
	done, asked := make(chan struct{}), new(atomic.Int64)
	go func() {
		defer close(done)
		packet := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(packet)
			if err != nil {
				return
			}
			_, _ = conn.WriteTo(resolved(packet[:n], addresses, asked), from)
		}
	}()
	t.Cleanup(func() {
		net.DefaultResolver = before
		_ = conn.Close()
		<-done
	})
	return asked
}

// resolved answers a question for an address (RFC 1035, 4.1). A question for another kind of record has no answer.
func resolved(question []byte, addresses []netip.Addr, asked *atomic.Int64) []byte {
	const header, typeA = 12, 1
	end := header + bytes.IndexByte(question[header:], 0) + 5 // the name, its type and class
	out := append([]byte{question[0], question[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question[header:end]...)
	if question[end-3] != typeA {
		return out
	}
	out[7] = 1 // one answer
	a := addresses[int(asked.Add(1)-1)%len(addresses)].As4()
	return append(append(out, 0xc0, header, 0, typeA, 0, 1, 0, 0, 0, 0, 0, 4), a[:]...)
}
