package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// cutTime is the time in which calls that were cut off record their Logs and answer their callers.
const cutTime = 2 * time.Second

// Run listens and serves until ctx ends. Then it waits for running calls until OPENLOOP_SHUTDOWN_TIMEOUT is over or hurry is closed. The
// remaining calls fail with shutting_down. The greeting is written to greet once the address is bound.
func (a *App) Run(ctx context.Context, hurry <-chan struct{}, greet io.Writer) error {
	collectRarely()
	limitMemory()
	err := a.serveProfiles(ctx)
	var listener net.Listener
	if err == nil {
		listener, err = a.open(ctx, greet)
	}
	if err != nil {
		return errors.Join(err, a.Close(context.WithoutCancel(ctx)))
	}
	calls, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	server := &http.Server{
		Handler: a.web, ReadHeaderTimeout: 20 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog:    slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return calls },
	}
	connections := new(counter)
	server.ConnState = connections.note
	a.background(ctx, a.upkeep()...)
	if a.reload != nil {
		a.background(ctx, a.reload)
	}
	a.startJobs(ctx)
	failed := make(chan error, 1)
	guarded := a.web.Guard(server, listener)
	go func() { failed <- server.Serve(guarded) }()
	a.notify(ctx, stateReady)
	select {
	case err = <-failed:
	case <-ctx.Done():
		a.notify(context.WithoutCancel(ctx), stateStopping)
		a.leave(listener, failed, hurry, connections)
		err = a.stop(context.WithoutCancel(ctx), hurry, server, cut)
	}
	cut(nil)
	return errors.Join(err, a.Close(context.WithoutCancel(ctx)))
}

// open binds the address, then greets the operator. Clients that connect meanwhile wait. At the first start it stores the first key, even
// if ctx ends after the key was shown.
func (a *App) open(ctx context.Context, greet io.Writer) (net.Listener, error) {
	listener, err := listen(ctx, publicAddress, a.cfg.Addr)
	if err != nil {
		return nil, err
	}
	err = a.welcome(ctx, greet, listener.Addr())
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return &parting{TCPListener: listener.(*net.TCPListener)}, nil
}

// stop closes the listeners and waits for running calls. It cuts off those that take too long.
func (a *App) stop(ctx context.Context, hurry <-chan struct{}, server *http.Server, cut context.CancelCauseFunc) error {
	a.log.Info("stopping: waiting for calls in flight")
	grace, cancel := context.WithTimeout(ctx, a.cfg.Timeouts.Shutdown)
	defer cancel()
	go func() {
		select {
		case <-hurry:
			cancel()
		case <-grace.Done():
		}
	}()
	err := server.Shutdown(grace)
	if grace.Err() == nil {
		return err
	}
	a.log.Warn("stopping: calls are cut off")
	a.web.Drain()
	cut(errs.New(errs.ShuttingDown, "The server was stopped before this call was complete. Send the request again."))
	last, end := context.WithTimeout(ctx, cutTime)
	defer end()
	if server.Shutdown(last) != nil {
		return server.Close()
	}
	return nil
}
