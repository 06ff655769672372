package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store"
)

// OpenStore opens the configured database. Its error names the setting to change, and why.
func OpenStore(ctx context.Context, cfg *config.Config, log *slog.Logger) (*store.DB, error) {
	if cfg.DatabaseURL == "" {
		if err := usable(cfg.DataDir); err != nil {
			return nil, fmt.Errorf("OPENLOOP_DATA_DIR: the folder %s cannot be used: %s. Let the account that runs this write to it, or name another folder",
				cfg.DataDir, SystemFault(err))
		}
	}
	db, err := store.Open(ctx, database(cfg, log))
	if err != nil {
		return nil, notOpened(ctx, cfg, log, err)
	}
	return db, nil
}

// PlanMigrations returns the migrations that [OpenStore] would apply. Its error is as that of OpenStore.
func PlanMigrations(ctx context.Context, cfg *config.Config, log *slog.Logger) ([]store.Step, error) {
	steps, err := store.Plan(ctx, database(cfg, log))
	if err != nil {
		return nil, notOpened(ctx, cfg, log, err)
	}
	return steps, nil
}

func database(cfg *config.Config, log *slog.Logger) store.Options {
	return store.Options{
		URL: cfg.DatabaseURL, Direct: cfg.DirectURL, Path: cfg.SQLitePath(), Check: cfg.Migrate == "check",
		Relaxed: cfg.LogDurability == "relaxed", Logger: log, MonitorBacklog: cfg.MonitorBacklog,
	}
}

// notOpened names the setting to change when the database could not be opened, and why.
func notOpened(ctx context.Context, cfg *config.Config, log *slog.Logger, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	log.DebugContext(ctx, "the database could not be opened", "error", err)
	if cfg.DatabaseURL == "" {
		return fmt.Errorf("OPENLOOP_DATA_DIR: the database %s cannot be opened. %s", cfg.SQLitePath(), errs.From(err).Message)
	}
	return fmt.Errorf("OPENLOOP_DATABASE_URL (or DATABASE_URL): the database cannot be opened. %s", errs.From(err).Message)
}

// usable creates the folder dir, if it is missing, and checks that files can be created in it.
func usable(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".openloop-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// The settings with addresses to listen on.
const (
	publicAddress  = "OPENLOOP_ADDR"
	profileAddress = "OPENLOOP_PPROF_ADDRESS"
)

// listen binds addr, the value of a setting. Its error names the setting to change, and why.
func listen(ctx context.Context, setting, addr string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s: the server cannot listen on %s: %s", setting, addr, addressFault(setting, err))
	}
	return listener, nil
}

// addressFault says why the address in a setting cannot be bound.
func addressFault(setting string, err error) string {
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		if port, ok := strings.CutPrefix(e.Name, "tcp/"); ok {
			return "the port " + port + " is not known"
		}
		return "the name " + e.Name + " is not known"
	}
	if e, ok := errors.AsType[*net.AddrError](err); ok {
		return e.Err + "; it must be host:port, as 127.0.0.1:8080"
	}
	var orFlag, orAll string
	if setting == publicAddress {
		orFlag, orAll = " (or the flag -addr)", ". "+publicAddress+"=:8080 listens on all that it has"
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "another process listens there. End it, or set " + setting + orFlag + " to another address"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "this machine does not have the address" + orAll
	case errors.Is(err, syscall.EACCES):
		return "the account that runs this may not use the port. Choose one from 1024 on"
	}
	return SystemFault(err)
}

// SystemFault returns the operating system's text for err, such as "permission denied".
func SystemFault(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	return "the system refuses it"
}
