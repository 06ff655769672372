package app

import (
	"time"

	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/logbook"
	"github.com/openloop-server/openloop/internal/mcpclient"
	"github.com/openloop-server/openloop/internal/netguard"
	"github.com/openloop-server/openloop/internal/telemetry"
	"github.com/openloop-server/openloop/internal/toolrun"
	"github.com/openloop-server/openloop/internal/vault"
)

// tools returns what runs Tools.
func (a *App) tools(files *catalog.Catalog, keys *vault.Vault, book *logbook.Book) *toolrun.Runner {
	o := netguard.Options{AllowPrivate: a.cfg.AllowPrivate, Hosts: a.cfg.ToolHosts}
	if a.cfg.ToolNetwork == "none" {
		o.Hosts = []string{}
	}
	a.foreign = netguard.NewClient(o)
	a.foreign.Transport = telemetry.Transport(a.foreign.Transport)
	a.mcp = mcpclient.New(mcpclient.Options{HTTP: a.foreign, Version: Version, Now: time.Now})
	return toolrun.New(toolrun.Options{Catalog: files, Vault: keys, Python: a.python, Logs: book, HTTP: a.foreign, MCP: a.mcp, Now: time.Now})
}
