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

	"openloop/internal/config"
	"openloop/internal/errs"
	"openloop/internal/store"
)

// OpenStore opens the configured database. Its error names the setting that is to be changed, and says why.
func OpenStore(ctx context.Context, cfg *config.Config, log *slog.Logger) (*store.DB, error) {
	if cfg.DatabaseURL == "" {
		if err := usable(cfg.DataDir); err != nil {
			return nil, fmt.Errorf("OPENLOOP_DATA_DIR: the folder %s cannot be used: %s. Let the account that runs this write to it, or name another folder",
				cfg.DataDir, systemFault(err))
		}
	}
	db, err := store.Open(ctx, store.Options{
		URL: cfg.DatabaseURL, Path: cfg.SQLitePath(), Relaxed: cfg.LogDurability == "relaxed", Logger: log,
	})
	switch {
	case err == nil:
		return db, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	log.DebugContext(ctx, "the database could not be opened", "error", err)
	if cfg.DatabaseURL == "" {
		return nil, fmt.Errorf("OPENLOOP_DATA_DIR: the database %s cannot be opened. %s", cfg.SQLitePath(), errs.From(err).Message)
	}
	return nil, fmt.Errorf("OPENLOOP_DATABASE_URL (or DATABASE_URL): the database cannot be opened. %s", errs.From(err).Message)
}

// usable makes the folder dir, if it is missing, and a file in it, which is removed.
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

// addressFault says why the server cannot listen at addr.
func addressFault(addr string, err error) error {
	why := systemFault(err)
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		why = "the name " + e.Name + " is not known"
		if port, ok := strings.CutPrefix(e.Name, "tcp/"); ok {
			why = "the port " + port + " is not known"
		}
	}
	if e, ok := errors.AsType[*net.AddrError](err); ok {
		why = e.Err + "; it must be host:port, as 127.0.0.1:8080"
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		why = "another process listens there. End it, or set OPENLOOP_ADDR (or the flag -addr) to another address"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		why = "this machine does not have the address. OPENLOOP_ADDR=:8080 listens on all that it has"
	case errors.Is(err, syscall.EACCES):
		why = "the account that runs this may not use the port. Choose one from 1024 on"
	}
	return fmt.Errorf("OPENLOOP_ADDR: the server cannot listen on %s: %s", addr, why)
}

// systemFault is the operating system's own word for err, as "permission denied".
func systemFault(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	return "the system refuses it"
}
