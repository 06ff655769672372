package app

import (
	"time"

	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/judge"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/show"
)

// judge returns what lets Evaluators judge Logs.
func (a *App) judge(files *catalog.Catalog, ask *relay.Relay) *judge.Judge {
	return judge.New(judge.Options{Shows: show.New(a.db, files, a.cfg.PublicURL), Catalog: files, Relay: ask, Python: a.python, Now: time.Now})
}
