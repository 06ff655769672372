package netguard_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/netguard"
	"github.com/openloop-server/openloop/internal/netguard/netguardtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client is a client that is closed after the test.
func client(t *testing.T, o netguard.Options) *http.Client {
	t.Helper()
	c := netguard.NewClient(o)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// serve serves on loopback. It tells the port.
func serve(t *testing.T, h http.HandlerFunc) (s *httptest.Server, port string) {
	t.Helper()
	s = httptest.NewServer(h)
	t.Cleanup(s.Close)
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return s, port
}

// get makes a request and reads the answer.
func get(t *testing.T, c *http.Client, address string, headers ...string) (string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return send(c, r)
}

func send(c *http.Client, r *http.Request) (string, error) {
	res, err := c.Do(r)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}

// TestNoWayInside names private addresses in every way there is. None is connected to.
func TestNoWayInside(t *testing.T) {
	var reached atomic.Int64
	_, port := serve(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	netguardtest.Names(t, netip.MustParseAddr("127.0.0.1")) // of every name
	c := client(t, netguard.Options{})
	for _, address := range []string{
		// as they are
		"http://127.0.0.1:PORT/", "http://127.255.255.254:PORT/", "http://0.0.0.0:PORT/", "http://0.1.2.3:PORT/", "http://10.1.2.3:PORT/", "http://172.16.0.1:PORT/",
		"http://172.31.255.255:PORT/", "http://192.168.0.1:PORT/", "http://169.254.169.254/latest/meta-data/", "http://169.254.170.2/", "http://100.64.0.1:PORT/",
		"http://100.100.100.200/", "http://192.0.0.192/", "http://168.63.129.16/", "http://198.18.0.1:PORT/", "http://224.0.0.1:PORT/", "http://240.0.0.1:PORT/",
		"http://255.255.255.255:PORT/", "http://192.0.2.1:PORT/",
		// in other notations
		"http://2130706433:PORT/", "http://0x7f000001:PORT/", "http://017700000001:PORT/", "http://0177.0.0.1:PORT/", "http://0x7f.0.0.1:PORT/", "http://127.1:PORT/", "http://127.0.1:PORT/",
		"http://0:PORT/", "http://127.0.0.1.:PORT/", "http://①②⑦.⓪.⓪.①:PORT/", "http://127。0。0。1:PORT/", "http://%31%32%37.0.0.1:PORT/",
		// of IPv6
		"http://[::1]:PORT/", "http://[::]:PORT/", "http://[0:0:0:0:0:0:0:1]:PORT/", "http://[::ffff:127.0.0.1]:PORT/", "http://[::ffff:7f00:1]:PORT/", "http://[::127.0.0.1]:PORT/",
		"http://[::ffff:0:127.0.0.1]:PORT/", "http://[64:ff9b::7f00:1]:PORT/", "http://[64:ff9b:1::7f00:1]:PORT/", "http://[2002:7f00:1::]:PORT/", "http://[2001:0:7f00:1::]:PORT/",
		"http://[fe80::1%25lo]:PORT/", "http://[fe80::1]:PORT/", "http://[fec0::1]:PORT/", "http://[fd00:ec2::254]/", "http://[ff02::1]:PORT/", "http://[2001:db8::1]:PORT/", "http://[::1%25lo]:PORT/",
		// by names
		"http://localhost:PORT/", "http://LOCALHOST.:PORT/", "http://127.0.0.1.nip.example:PORT/", "http://metadata.google.internal:PORT/", "http://example.com:PORT/",
		// with a public name before it
		"http://example.com@127.0.0.1:PORT/", "http://example.com:80@127.0.0.1:PORT/", "http://user:pw@localhost:PORT/", "http://127.0.0.1:PORT/#@example.com/", "http://127.0.0.1:PORT/?@example.com",
		"http://example.com\\@127.0.0.1:PORT/", "http:\\\\127.0.0.1:PORT/", "http:127.0.0.1:PORT/", "http:///127.0.0.1:PORT/",
		// by other schemes and ports
		"file:///etc/passwd", "ftp://127.0.0.1:PORT/", "gopher://127.0.0.1:PORT/", "unix:///var/run/docker.sock", "HTTP://127.0.0.1:PORT/", "//127.0.0.1:PORT/", "http://127.0.0.1:22/", "http://example.com:25/",
	} {
		address = strings.ReplaceAll(address, "PORT", port)
		if body, err := get(t, c, address); err == nil {
			t.Errorf("%s: answered %q", address, body)
		}
	}
	if n := reached.Load(); n > 0 {
		t.Errorf("%d requests arrived", n)
	}
}

// TestANameThatChanges looks up a name, which is public, and connects to it, when it is not any more.
func TestANameThatChanges(t *testing.T) {
	var reached atomic.Int64
	_, port := serve(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	asked := netguardtest.Names(t, netip.MustParseAddr("93.184.216.34"), netip.MustParseAddr("127.0.0.1"))
	found, err := net.DefaultResolver.LookupIP(t.Context(), "ip4", "changing.example")
	if err != nil || found[0].String() != "93.184.216.34" {
		t.Fatalf("found %v, %v", found, err)
	}
	_, err = get(t, client(t, netguard.Options{}), "http://changing.example:"+port+"/")
	if !errors.Is(err, netguard.ErrRefused) || reached.Load() > 0 || asked.Load() != 2 {
		t.Errorf("got %v after %d questions; %d requests arrived", err, asked.Load(), reached.Load())
	}
}

// TestRedirects states what is sent where an answer redirects to.
func TestRedirects(t *testing.T) {
	var seen []string
	other, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"Accept", "Authorization", "Cookie", "Referer", "X-Api-Key"} {
			seen = append(seen, name+"="+r.Header.Get(name))
		}
	})
	first, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/same" {
			_, _ = io.WriteString(w, r.Header.Get("X-Api-Key"))
			return
		}
		code := http.StatusFound
		if r.Method == http.MethodPost {
			code = http.StatusTemporaryRedirect
		}
		http.Redirect(w, r, r.URL.Query().Get("to"), code)
	})
	c := client(t, netguard.Options{AllowPrivate: true})
	headers := []string{"Accept", "text/plain", "Authorization", "Bearer s", "Cookie", "s", "X-Api-Key", "s"}
	to := func(address string) string { return first.URL + "/?key=s&to=" + url.QueryEscape(address) }
	if got, err := get(t, c, to("/same"), headers...); got != "s" || err != nil {
		t.Errorf("to the same host: %q, %v", got, err)
	}
	if _, err := get(t, c, to(strings.Replace(other.URL, "127.0.0.1", "localhost", 1)), headers...); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff([]string{"Accept=text/plain", "Authorization=", "Cookie=", "Referer=", "X-Api-Key="}, seen); d != "" {
		t.Errorf("another host gets (-want +got):\n%s", d)
	}
	seen = nil
	post, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to(other.URL), strings.NewReader("s"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := send(c, post); !errors.Is(err, netguard.ErrRefused) || seen != nil {
		t.Errorf("a body to another host: %v, %v", err, seen)
	}
	if _, err := get(t, c, to(to(to(to("/same")))), headers...); !errors.Is(err, netguard.ErrRedirects) {
		t.Errorf("four redirects: %v", err)
	}
	if got, err := get(t, c, to(to(to("/same"))), headers...); got != "s" || err != nil {
		t.Errorf("three redirects: %q, %v", got, err)
	}
	for _, inside := range []string{"http://169.254.169.254/latest/", "http://127.0.0.1:22/", "file:///etc/passwd", "http://[::ffff:a9fe:a9fe]/"} {
		// the first server is on loopback: only the target of the redirect is to be refused
		listed := client(t, netguard.Options{AllowPrivate: true, Hosts: []string{"127.0.0.1"}})
		if _, err := get(t, listed, to(inside)); !errors.Is(err, netguard.ErrRefused) {
			t.Errorf("to %s: %v", inside, err)
		}
	}
}

// TestHosts states which hosts an allow list allows.
func TestHosts(t *testing.T) {
	var reached atomic.Int64
	_, port := serve(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	netguardtest.Names(t, netip.MustParseAddr("127.0.0.1"))
	c := client(t, netguard.Options{AllowPrivate: true, Hosts: []string{"api.example.com", "*.example.org", "*"}})
	if _, err := get(t, client(t, netguard.Options{AllowPrivate: true, Hosts: []string{}}), "http://api.example.com:"+port+"/"); !errors.Is(err, netguard.ErrRefused) {
		t.Errorf("none is allowed: %v", err)
	}
	for host, allowed := range map[string]bool{
		"api.example.com": true, "API.Example.com.": true, "example.com": false, "x.api.example.com": false, "a.example.org": true, "a.b.example.org": true, "example.org": false,
		"badexample.org": false, "127.0.0.1": false,
	} {
		reached.Store(0)
		_, err := get(t, c, "http://"+host+":"+port+"/")
		if (err == nil) != allowed || errors.Is(err, netguard.ErrRefused) == allowed || (reached.Load() > 0) != allowed {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// TestBodiesAreBounded reads an answer that is larger than allowed, plain and compressed.
func TestBodiesAreBounded(t *testing.T) {
	large := make([]byte, netguard.MaxBody+1)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(large)
	_ = z.Close()
	s, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/packed":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed.Bytes())
		case "/large":
			_, _ = w.Write(large)
		default:
			_, _ = w.Write(large[1:])
		}
	})
	c := client(t, netguard.Options{AllowPrivate: true})
	for path, want := range map[string]error{"/packed": netguard.ErrTooLarge, "/large": netguard.ErrTooLarge, "/fits": nil} {
		if body, err := get(t, c, s.URL+path); !errors.Is(err, want) || len(body) != netguard.MaxBody {
			t.Errorf("%s: %d bytes, %v", path, len(body), err)
		}
	}
}

// TestClassify states what callers get.
func TestClassify(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	address := &url.URL{Scheme: "https", Host: "api.example.com:8443", Path: "/secret"}
	_, refused := get(t, client(t, netguard.Options{}), "http://127.0.0.1/")
	_, port := get(t, client(t, netguard.Options{}), "http://93.184.216.34:25/")
	for _, c := range []struct {
		ctx    context.Context
		err    error
		reason errs.Reason
		want   string
	}{
		{t.Context(), refused, errs.AddressRefused, "This server does not connect to api.example.com: it is not an address of the public internet."},
		{t.Context(), port, errs.AddressRefused, "This server does not connect to api.example.com: the port 25 is not 80, 443, or 1024 and above."},
		{t.Context(), netguard.ErrTooLarge, errs.ToolFailed, "api.example.com answered more than 10 MiB."},
		{t.Context(), netguard.ErrRedirects, errs.ToolFailed, "api.example.com redirected more than 3 times."},
		{t.Context(), &net.DNSError{IsNotFound: true}, errs.ToolUnreachable, "The name api.example.com is not known."},
		{t.Context(), context.DeadlineExceeded, errs.ToolUnreachable, "api.example.com did not answer in time."},
		{t.Context(), io.ErrUnexpectedEOF, errs.ToolUnreachable, "api.example.com cannot be reached."},
	} {
		if e := errs.From(netguard.Classify(c.ctx, address, c.err)); e.Reason != c.reason || e.Message != c.want {
			t.Errorf("%v: got %v", c.err, e)
		}
	}
	if err := netguard.Classify(ended, address, io.EOF); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}
