package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/pprof"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/worker"
)

// serveProfiles serves the profiles of this process at OPENLOOP_PPROF_ADDRESS, if it is set, until Close. No other listener serves them.
func (a *App) serveProfiles(ctx context.Context) error {
	if a.cfg.PprofAddress == "" {
		return nil
	}
	listener, err := listen(ctx, profileAddress, a.cfg.PprofAddress)
	if err != nil {
		return err
	}
	a.log.Info("profiles are served", "url", "http://"+listener.Addr().String()+"/debug/pprof/")
	a.background(ctx, worker.New(func(ctx context.Context, ready func()) {
		server := &http.Server{Handler: profiles(), ReadHeaderTimeout: 20 * time.Second}
		defer context.AfterFunc(ctx, func() { _ = server.Close() })()
		ready()
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			a.log.Error("profiles are served no longer", "error", err)
		}
	}))
	return nil
}

// profiles returns the pages of [net/http/pprof]. It refuses requests that name another host, because a web page could make its own host
// name lead here.
func profiles() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("POST /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = strings.Trim(r.Host, "[]")
		}
		if host != "localhost" && net.ParseIP(host) == nil {
			http.Error(w, "Ask for an IP address or localhost.", http.StatusMisdirectedRequest)
			return
		}
		mux.ServeHTTP(w, r)
	})
}
