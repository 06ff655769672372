// Package proxy is the yardstick of the benchmark: what the standard library does when it forwards a call and looks at nothing.
package proxy

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"
)

// Serve forwards every request on listener to the upstream at host:port until ctx is done. It is [httputil.ReverseProxy] with its defaults,
// except that it flushes at once, as streams need, keeps enough idle connections that none is opened anew under load, and is full duplex:
// otherwise net/http closes the request's body when the answer begins, and if the transport has not yet seen the body's end, which happens
// with an upstream this fast, it takes that for a failure and cuts the stream.
func Serve(ctx context.Context, listener net.Listener, upstream string) error {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns = 0
	transport.MaxIdleConnsPerHost = 512
	transport.Proxy = nil
	target := &url.URL{Scheme: "http", Host: upstream}
	forward := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport:     transport,
		FlushInterval: -1,
		ErrorLog:      log.New(os.Stderr, "proxy: ", log.LstdFlags),
	}
	server := &http.Server{
		ReadHeaderTimeout: time.Minute,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := http.NewResponseController(w).EnableFullDuplex(); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			forward.ServeHTTP(w, r)
		}),
	}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
