// Package app puts the server together: the one place that reads the configuration and picks database, providers and settings.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"openloop/internal/api"
	"openloop/internal/auth"
	"openloop/internal/catalog"
	"openloop/internal/config"
	"openloop/internal/errs"
	"openloop/internal/gateway"
	"openloop/internal/ids"
	"openloop/internal/logbook"
	"openloop/internal/metrics"
	"openloop/internal/models"
	"openloop/internal/store"
	"openloop/internal/trace"
	"openloop/internal/vault"
	"openloop/internal/web"
)

// Version is the version of the program, set when it is linked.
var Version = "0.1.0-dev"

// App is a server that is put together and not yet listening.
type App struct {
	cfg    config.Config
	log    *slog.Logger
	lines  *operatorLog // that log writes to
	db     *store.DB
	web    *web.Server
	secret string // of the first key, when this start made it
	rest   func() // ends what Run does in the background; nil before
}

// New opens the database and builds the server. Close it after use.
func New(ctx context.Context, cfg config.Config, logs io.Writer) (*App, error) {
	a := &App{cfg: cfg}
	a.log, a.lines = newLogger(&cfg, logs)
	var err error
	if a.db, err = OpenStore(ctx, &cfg, a.log); err != nil {
		return nil, err
	}
	if err := a.build(ctx); err != nil {
		return nil, errors.Join(err, a.db.Close(ctx))
	}
	return a, nil
}

// OpenStore opens the configured database.
func OpenStore(ctx context.Context, cfg *config.Config, log *slog.Logger) (*store.DB, error) {
	if cfg.DatabaseURL == "" {
		if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
			return nil, fmt.Errorf("the data directory cannot be made: %w", err)
		}
	}
	return store.Open(ctx, store.Options{
		URL: cfg.DatabaseURL, Path: cfg.SQLitePath(), Relaxed: cfg.LogDurability == "relaxed", Logger: log,
	})
}

func (a *App) build(ctx context.Context) error {
	keys := vault.New(a.db, a.cfg.Encryption())
	if err := checkKeys(ctx, keys); err != nil {
		return err
	}
	m, files := metrics.New(), catalog.New(a.db, time.Now)
	book := logbook.New(logbook.Options{DB: a.db, Catalog: files, Now: time.Now, Completed: a.completed(m)})
	gw, err := newGateway(ctx, &a.cfg, gateway.Options{DB: a.db, Vault: keys, Catalog: files, Record: book.Record, Observe: m.Call}, m.Stray)
	if err != nil {
		return err
	}
	a.web, err = api.New(api.Options{
		DB: a.db, Catalog: files, Gateway: gw, Vault: keys, Logs: book, Logger: a.log, Now: time.Now, Version: Version, Metrics: m.Handler(),
		BaseURL: a.cfg.PublicURL, MaxBody: a.cfg.MaxBody, AllowedOrigins: a.cfg.AllowOrigins, Observe: m.Request,
		Retention: time.Duration(a.cfg.LogRetention),
	})
	if err != nil {
		return err
	}
	return a.firstKey(ctx) // last, because it is shown only by a server that starts
}

// completed counts what became whole, and shows it to an operator who looks closely.
func (a *App) completed(m *metrics.Metrics) func(context.Context, trace.Completion) {
	return func(ctx context.Context, c trace.Completion) {
		m.Completed(c)
		a.log.DebugContext(ctx, "complete", "kind", c.Log.Kind, "log", c.Log.ID, "file", c.Log.FileID, "again", c.Again)
	}
}

// newGateway completes the options with what the configuration says.
func newGateway(ctx context.Context, cfg *config.Config, o gateway.Options, strays func(provider string)) (*gateway.Gateway, error) {
	var err error
	if o.Models, err = catalogue(cfg); err != nil {
		return nil, err
	}
	if o.Providers, err = providers(ctx, cfg, strays); err != nil {
		return nil, err
	}
	o.Now, o.MaxRetries = time.Now, cfg.MaxRetries
	return gateway.New(o), nil
}

func catalogue(cfg *config.Config) (*models.Catalog, error) {
	known, err := models.Embedded()
	if err != nil || cfg.ModelsFile == "" {
		return known, err
	}
	f, err := os.Open(cfg.ModelsFile)
	if err != nil {
		return nil, fmt.Errorf("OPENLOOP_MODELS_FILE cannot be read: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	return known.WithOverrides(f)
}

// firstKey makes sure that there is an API key: the configured one, or at the first start one that is made and shown once.
func (a *App) firstKey(ctx context.Context) error {
	secret := a.cfg.APIKey
	if secret == "" {
		n, err := a.db.KeyCount(ctx)
		if err != nil || n > 0 {
			return err
		}
		secret = auth.NewSecret()
		a.secret = secret
	}
	_, err := a.db.KeyByHash(ctx, auth.HashSecret(secret))
	if err == nil || !errs.Is(err, errs.GatewayKeyInvalid) {
		return err
	}
	err = CreateKey(ctx, a.db, "first key", auth.Admin, secret)
	if errs.Is(err, errs.Conflict) {
		return errors.New("the key in OPENLOOP_API_KEY was revoked; set another one")
	}
	return err
}

// CreateKey stores the key that secret is.
func CreateKey(ctx context.Context, db *store.DB, name string, role auth.Role, secret string) error {
	now := time.Now()
	return db.CreateKey(ctx, auth.Key{
		ID: ids.New(ids.Key, now), Name: name, Role: role, Hash: auth.HashSecret(secret), Hint: auth.Hint(secret), CreatedAt: now,
	})
}

// Handler serves the API, for tests.
func (a *App) Handler() http.Handler { return a.web }

// Close commits what is queued and closes the database.
func (a *App) Close(ctx context.Context) error {
	if a.rest != nil {
		a.rest()
	}
	return errors.Join(a.db.Close(ctx), a.lines.Flush())
}

// Run listens and serves until ctx ends, then lets the calls in flight finish. greet gets the greeting once the address is bound.
func (a *App) Run(ctx context.Context, greet io.Writer) error {
	collectRarely()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.cfg.Addr)
	if err != nil {
		return fmt.Errorf("OPENLOOP_ADDR cannot be used: %w", err)
	}
	server := &http.Server{
		Handler: a.web, ReadHeaderTimeout: 20 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var work sync.WaitGroup
	work.Go(func() { a.upkeep(background) })
	a.rest = func() { stop(); work.Wait() }
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	a.greet(greet, listener.Addr())
	select {
	case err := <-failed:
		return errors.Join(err, a.Close(context.WithoutCancel(ctx)))
	case <-ctx.Done():
		return a.stop(context.WithoutCancel(ctx), server)
	}
}

// stop refuses new calls, waits for those in flight, and closes the database.
func (a *App) stop(ctx context.Context, server *http.Server) error {
	a.log.Info("stopping: waiting for calls in flight")
	a.web.Drain()
	grace, cancel := context.WithTimeout(ctx, a.cfg.Timeouts.Shutdown)
	defer cancel()
	err := server.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		a.log.Warn("stopping: calls were cut off")
		err = server.Close()
	}
	return errors.Join(err, a.Close(ctx))
}
