package app

import (
	"context"

	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/worker"
)

// Reloads has Run read the models of the operator and the log level again whenever again receives. read returns the configuration as it is then. A
// mistake is told, and all stays as it was. Call it before Run.
func (a *App) Reloads(again <-chan struct{}, read func() (config.Config, error)) {
	a.reload = worker.New(func(ctx context.Context, ready func()) {
		ready()
		for {
			select {
			case <-again:
				a.notify(ctx, stateReloading)
				a.reread(ctx, read)
				a.notify(ctx, stateReady)
			case <-ctx.Done():
				return
			}
		}
	})
}

func (a *App) reread(ctx context.Context, read func() (config.Config, error)) {
	cfg, err := read()
	if err != nil {
		a.log.ErrorContext(ctx, "the settings cannot be read again", "error", err)
		return
	}
	known, err := catalogue(&cfg)
	if err != nil {
		a.log.ErrorContext(ctx, "the models cannot be read again", "error", err)
		return
	}
	a.models.Replace(known)
	a.lines.setLevel(cfg.LogLevel)
	a.log.InfoContext(ctx, "the models and the log level were read again", "models", known.Len(), "log_level", cfg.LogLevel)
}
