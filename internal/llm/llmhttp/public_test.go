package llmhttp_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/netguard/netguardtest"
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
	asked := netguardtest.Names(t, netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("169.254.169.254"))
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
