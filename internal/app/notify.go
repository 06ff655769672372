package app

import (
	"context"
	"net"
	"strings"
)

// States of the server that systemd is told, see sd_notify(3).
const (
	stateReady     = "READY=1"
	stateReloading = "RELOADING=1"
	stateStopping  = "STOPPING=1"
)

// notify tells systemd how the server is, if it waits for that (`Type=notify`). A service manager that cannot be reached is none.
func (a *App) notify(ctx context.Context, state string) {
	name := a.cfg.NotifySocket
	if name == "" {
		return
	}
	if abstract, ok := strings.CutPrefix(name, "@"); ok {
		name = "\x00" + abstract
	}
	conn, err := new(net.Dialer).DialContext(ctx, "unixgram", name)
	if err == nil {
		_, err = conn.Write([]byte(state))
		_ = conn.Close()
	}
	if err != nil {
		a.log.WarnContext(ctx, "the service manager at NOTIFY_SOCKET cannot be told", "state", state, "error", err)
	}
}
