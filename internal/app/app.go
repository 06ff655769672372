// Package app assembles the server. It is the only place that reads the configuration and chooses database, providers and settings.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/openloop-server/openloop/internal/access"
	"github.com/openloop-server/openloop/internal/admit"
	"github.com/openloop-server/openloop/internal/agent"
	"github.com/openloop-server/openloop/internal/answers"
	"github.com/openloop-server/openloop/internal/api"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/evaluations"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/jobs"
	"github.com/openloop-server/openloop/internal/leader"
	"github.com/openloop-server/openloop/internal/logbook"
	"github.com/openloop-server/openloop/internal/mcpclient"
	"github.com/openloop-server/openloop/internal/metrics"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/sandbox"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/telemetry"
	"github.com/openloop-server/openloop/internal/ui"
	"github.com/openloop-server/openloop/internal/vault"
	"github.com/openloop-server/openloop/internal/web"
	"github.com/openloop-server/openloop/internal/worker"
)

// Version is the version of the program, set by the linker.
var Version = "0.1.0-dev"

// App is an assembled server that is not listening yet.
type App struct {
	cfg    config.Config
	log    *slog.Logger
	lines  *operatorLog // that log writes to
	db     *store.DB
	admit  *admit.Controller
	access *access.Service
	ui     *ui.Site
	web    *web.Server
	work   []*worker.Worker          // in the background of Run, ended by Close
	swept  atomic.Pointer[time.Time] // when the last sweep began; nil before the first
	jobs   *jobs.Scheduler           // that Run starts, unless this process only serves
	leader *leader.Leader            // nil means that this process leads

	models *models.Registry // that Reloads replaces
	reload *worker.Worker   // that Run starts; nil if nobody asks for it

	python  *sandbox.Pool // loads nothing before its first run
	foreign *http.Client  // for addresses that Tools name
	mcp     *mcpclient.Client

	telemetry *telemetry.Telemetry
}

// New opens the database and builds the server. Close it after use.
func New(ctx context.Context, cfg config.Config, logs io.Writer) (*App, error) {
	a := &App{cfg: cfg}
	a.log, a.lines = newLogger(&cfg, logs)
	python := PythonOptions(&a.cfg, a.log)
	warnOfCommand(ctx, python.Command, a.log)
	a.python = sandbox.New(python)
	var err error
	if a.db, err = OpenStore(ctx, &cfg, a.log); err != nil {
		return nil, err
	}
	m := metrics.New()
	a.telemetry = newTelemetry(ctx, &cfg.Telemetry, m, a.log)
	if err := a.build(ctx, m); err != nil {
		a.endTelemetry(ctx)
		return nil, errors.Join(err, a.db.Close(ctx))
	}
	return a, nil
}

func (a *App) build(ctx context.Context, m *metrics.Metrics) error {
	keys := vault.New(a.db, a.cfg.Encryption())
	if err := checkKeys(ctx, keys); err != nil {
		return err
	}
	read, err := catalogue(&a.cfg)
	if err != nil {
		return err
	}
	known := new(models.Registry)
	known.Replace(read)
	a.models = known
	a.access, a.ui = access.New(a.db, time.Now), ui.Embedded()
	files := catalog.New(a.db, time.Now)
	a.admit = a.newAdmission()
	m.Admission(a.admit)
	ask, err := newRelay(ctx, &a.cfg, relay.Options{
		Vault: keys, Models: known, Observe: a.observe(m), Pressure: a.admit.Pressure, Tell: func(text string) { a.db.Tell(store.Health, text) },
	}, eventCounts{m.Stray, m.Unread})
	if err != nil {
		return err
	}
	a.db.Hear(store.Health, ask.Hear)
	book := logbook.New(logbook.Options{DB: a.db, Catalog: files, Models: known, Now: time.Now})
	tools := a.tools(files, keys, book)
	gw := gateway.New(gateway.Options{Catalog: files, Relay: ask, Tools: tools, Logs: book, Answers: answers.New(a.cfg.CacheMemory), Now: time.Now})
	agents := agent.New(agent.Options{DB: a.db, Catalog: files, Relay: ask, Gateway: gw, Tools: tools, Logs: book, Now: time.Now, Timeout: a.cfg.Timeouts.Agent})
	judges := a.judge(files, ask)
	service := evaluations.New(evaluations.Options{DB: a.db, Catalog: files, Relay: ask, Gateway: gw, Tools: tools, Agents: agents, Logs: book, Judge: judges, Now: time.Now})
	a.jobs, a.leader = a.newJobs(service, m), a.newLeader()
	m.Server(metrics.Sources{
		Version: Version, Health: ask.Outages, Pools: a.db.Pools, Queue: a.db.CommitQueue, Commits: a.db.Commits, Spans: a.telemetry.Spans, SpansWaiting: a.telemetry.Waiting,
	})
	m.Watch(a.jobs.Pools, a.db.TaskCounts, a.db.SkippedLogs, time.Now)
	a.web, err = api.New(api.Options{
		DB: a.db, Access: a.access, UI: a.ui, Catalog: files, Relay: ask, Gateway: gw, Tools: tools, Agents: agents, Vault: keys, Logs: book, Judge: judges, Evaluations: service, Logger: a.log, Now: time.Now, Version: Version, Metrics: m.Handler(), MetricsKey: a.cfg.MetricsKey, MetricsOpen: a.cfg.OpenMetrics(),
		BaseURL: a.cfg.PublicURL, MaxBody: a.cfg.MaxBody, MaxBodies: a.cfg.MaxBodies, Admit: a.admit, Strict: a.cfg.Strict, ForwardBearer: a.cfg.ForwardBearer, StreamHold: a.cfg.Timeouts.Hold(), AllowedOrigins: a.cfg.AllowOrigins, TrustedProxies: a.cfg.Proxies(), Observe: m.Request, Trace: a.telemetry.Request,
		Retention: time.Duration(a.cfg.LogRetention), NextSweep: a.nextSweep, Unserved: a.onlyWorks(),
	})
	if err != nil || a.onlyWorks() {
		return err
	}
	return a.configuredKey(ctx)
}

// newRelay returns a relay with the options, completed by the configuration.
func newRelay(ctx context.Context, cfg *config.Config, o relay.Options, events eventCounts) (*relay.Relay, error) {
	var err error
	if o.Providers, err = providers(ctx, cfg, events); err != nil {
		return nil, err
	}
	o.Now, o.MaxRetries = time.Now, cfg.MaxRetries
	return relay.New(o), nil
}

func catalogue(cfg *config.Config) (*models.Registry, error) {
	known, err := models.Embedded()
	if err != nil || cfg.ModelsFile == "" {
		return known, err
	}
	f, err := os.Open(cfg.ModelsFile)
	if err != nil {
		return nil, fmt.Errorf("OPENLOOP_MODELS_FILE: the file %s cannot be read: %s", cfg.ModelsFile, SystemFault(err))
	}
	defer f.Close() //nolint:errcheck // it was only read
	if known, err = known.WithOverrides(f); err != nil {
		return nil, fmt.Errorf("OPENLOOP_MODELS_FILE: the file %s: %w", cfg.ModelsFile, err)
	}
	return known, nil
}

// onlyWorks reports whether this process serves no API. Others, which do, make the API keys.
func (a *App) onlyWorks() bool { return a.cfg.Only == config.OnlyWorkers }

// Handler serves the API, for tests.
func (a *App) Handler() http.Handler { return a.web }

// background starts work that continues until Close.
func (a *App) background(ctx context.Context, work ...*worker.Worker) {
	a.work = append(a.work, work...)
	for _, w := range work {
		w.Start(context.WithoutCancel(ctx))
	}
}

// startJobs starts the work on tasks, unless this process only serves. It begins to stop as soon as ctx ends, while calls are still answered.
func (a *App) startJobs(ctx context.Context) {
	if !a.cfg.Workers {
		return
	}
	besidePython(PythonOptions(&a.cfg, a.log).Workers)
	w := a.jobs.Worker()
	a.work = append(a.work, w)
	w.Start(a.telemetry.With(ctx))
}

// Close stops the background work and users' code, commits queued Logs and closes the database.
func (a *App) Close(ctx context.Context) error {
	for _, w := range a.work {
		w.Stop()
	}
	a.python.Close()
	a.mcp.Close()
	a.foreign.CloseIdleConnections()
	a.keepUses(ctx)
	a.endTelemetry(ctx)
	return errors.Join(a.db.Close(ctx), a.lines.Flush())
}
