package cli

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/openloop-server/openloop/internal/api"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web"
)

// public stands for the role of a route that takes no API key.
const public = "public"

// shownRoute is a route as `openloop routes -json` prints it.
type shownRoute struct {
	Method  string `json:"method"`
	Path    string `json:"path"`
	Role    string `json:"role"`
	ID      string `json:"id"`
	Summary string `json:"summary"`
}

// routesFlags are those of `routes`.
type routesFlags struct {
	*flag.FlagSet
	json bool
}

func newRoutesFlags(e *Env) *routesFlags {
	f := &routesFlags{FlagSet: newFlags(e, "routes")}
	f.BoolVar(&f.json, "json", false, "print a JSON array")
	return f
}

// routes prints the table of routes as a server with these settings serves it.
func routes(_ context.Context, e *Env, args []string) error {
	flags := newRoutesFlags(e)
	if err := onlyFlags(flags.FlagSet, args); err != nil {
		return err
	}
	cfg, err := e.read()
	if err != nil {
		return err
	}
	table := showRoutes(api.Routes(api.Options{MetricsOpen: cfg.OpenMetrics(), Unserved: cfg.Only == config.OnlyWorkers}))
	if flags.json {
		text, err := json.MarshalIndent(table)
		if err == nil {
			_, err = fmt.Fprintf(e.Stdout, "%s\n", text)
		}
		return err
	}
	w := tabwriter.NewWriter(e.Stdout, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "METHOD\tPATH\tROLE\tSUMMARY")
	for _, r := range table {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Method, r.Path, r.Role, r.Summary)
	}
	return w.Flush()
}

// showRoutes sorts the table by path and method.
func showRoutes(table []web.Route) []shownRoute {
	shown := make([]shownRoute, 0, len(table))
	for _, r := range table {
		shown = append(shown, shownRoute{r.Method, strings.TrimSuffix(r.Path, "{$}"), cmp.Or(string(r.Role), public), r.ID, r.Summary})
	}
	slices.SortFunc(shown, func(a, b shownRoute) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method)) })
	return shown
}
