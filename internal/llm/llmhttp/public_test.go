package llmhttp_test

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// TestForeignURLs states that a caller's URL never leads to a private address, however it is written.
func TestForeignURLs(t *testing.T) {
	reached := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(server.Close)
	own, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := llmhttp.NewPublicTransport()
	t.Cleanup(transport.CloseIdleConnections)
	hc := &llmhttp.Client{Foreign: transport}
	for _, host := range []string{
		"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1",
		"[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fec0::1]", "[::7f00:1]", "255.255.255.255", "224.0.0.1", "198.18.0.1", "0.1.2.3",
	} {
		u := &url.URL{Scheme: "http", Host: host + ":" + own.Port(), Path: "/"}
		_, err := hc.Do(t.Context(), failure.Call{Vendor: failure.VendorOf("openai_azure")}, llmhttp.Request{URL: u, Header: llmhttp.JSONHeader(), Foreign: true})
		const want = "The base URL given for Azure OpenAI points to a private address, which this server does not allow."
		if e := errs.From(err); e.Reason != errs.EndpointNotFound || e.Message != want || e.Origin != errs.Gateway || e.Param != "base_url" {
			t.Errorf("%s: got %v", host, err)
		}
	}
	if reached {
		t.Error("a private address was reached")
	}
	if _, err := hc.Do(t.Context(), failure.Call{}, llmhttp.Request{URL: own, Header: llmhttp.JSONHeader()}); err != nil || !reached {
		t.Errorf("the server's own URL: %v", err)
	}
}

// Fault E: DNS rebinding. TestNamesThatChange asks for a name that resolves to another private address each time. The dialled address
// itself is checked, so none is reached, however often the name is resolved.
func TestNamesThatChange(t *testing.T) {
	reached := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(server.Close)
	own, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	asked := rebind(t, netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("169.254.169.254"))
	transport := llmhttp.NewPublicTransport()
	t.Cleanup(transport.CloseIdleConnections)
	hc := &llmhttp.Client{Foreign: transport}
	for range 6 {
		u := &url.URL{Scheme: "http", Host: "models.example:" + own.Port(), Path: "/"}
		_, err := hc.Do(t.Context(), failure.Call{Vendor: failure.VendorOf("openai_azure")}, llmhttp.Request{URL: u, Header: llmhttp.JSONHeader(), Foreign: true})
		if e := errs.From(err); e.Reason != errs.EndpointNotFound || e.Param != "base_url" {
			t.Errorf("got %v", err)
		}
	}
	if reached || asked.Load() < 6 {
		t.Errorf("reached: %v, the name was asked for %d times", reached, asked.Load())
	}
}

// rebind makes a name server on loopback the resolver of this process until the test ends. It answers with each address in turn.
func rebind(t *testing.T, addresses ...netip.Addr) *atomic.Int64 {
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
