package cli

import (
	"context"
	"fmt"
	"net/http"

	"github.com/openloop-server/openloop/internal/api"
	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/config"
)

// openapi prints the OpenAPI document that a server with these settings serves. It opens no database and calls no server.
func openapi(_ context.Context, e *Env, args []string) error {
	if len(args) > 0 {
		_, _ = fmt.Fprint(e.Stderr, "usage: openloop openapi\n")
		return usageOf(args)
	}
	cfg, err := e.read()
	if err != nil {
		return err
	}
	text, err := api.Document(api.Options{
		Version: app.Version, BaseURL: cfg.PublicURL, Metrics: http.NotFoundHandler(), MetricsOpen: cfg.OpenMetrics(), Unserved: cfg.Only == config.OnlyWorkers,
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.Stdout, "%s\n", text)
	return err
}
