package cli

import (
	"context"
	"flag"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/filesync"
	"github.com/openloop-server/openloop/internal/vendor"
)

// sources say where the values of arguments and flags come from, by the names that usages give them.
var sources = map[string]func(*line, context.Context) choices{
	"FILE":        func(*line, context.Context) choices { return choices{files: true} },
	"DIR":         func(*line, context.Context) choices { return choices{folders: true} },
	"folder":      func(*line, context.Context) choices { return choices{folders: true} },
	"PROVIDER":    (*line).providers,
	"role":        (*line).roles,
	"kinds":       (*line).kinds,
	"PATH":        func(l *line, ctx context.Context) choices { return l.paths(ctx, "") },
	"DATASET":     func(l *line, ctx context.Context) choices { return l.paths(ctx, file.DatasetKind) },
	"EVALUATOR":   func(l *line, ctx context.Context) choices { return l.paths(ctx, file.EvaluatorKind) },
	"environment": (*line).environments,
	"KEY-ID":      (*line).keys,
	"VERSION":     (*line).versions,
	"SHELL":       func(*line, context.Context) choices { return subcommands(completionForms()) },
}

// sourceOf names the source of a flag whose usage does not.
var sourceOf = map[string]string{
	"data": "folder", "e": "environment", "environment": "environment", "deploy": "environment", "dataset": "DATASET", "evaluator": "EVALUATOR", "from-logs": "PATH", "prompt": "FILE", "json": "FILE", "junit": "FILE", "version": "VERSION",
}

// source returns the values of an argument, none if nothing is known of them.
func (l *line) source(ctx context.Context, name string) choices {
	if find := sources[name]; find != nil {
		return find(l, ctx)
	}
	return choices{}
}

func (l *line) valuesOf(ctx context.Context, f *flag.Flag) choices {
	if name := sourceOf[f.Name]; name != "" {
		return l.source(ctx, name)
	}
	name, _ := flag.UnquoteUsage(f)
	return l.source(ctx, name)
}

func (l *line) providers(context.Context) choices {
	var c choices
	for _, v := range vendor.All() {
		c.list = append(c.list, choice{v.Slug, v.Display})
	}
	return c
}

func (l *line) roles(context.Context) choices {
	return choices{list: []choice{{string(auth.Admin), ""}, {string(auth.Developer), ""}, {string(auth.Member), ""}}}
}

// kinds completes the last of several kinds with commas between.
func (l *line) kinds(context.Context) choices {
	before := l.last[:strings.LastIndexByte(l.last, ',')+1]
	var c choices
	for _, k := range filesync.Kinds() {
		c.list = append(c.list, choice{before + string(k), ""})
	}
	return c
}

// ask gets an answer of the server into out. It returns false if there is none.
func (l *line) ask(ctx context.Context, where string, query url.Values, out any) bool {
	key := l.e.lookup("OPENLOOP_API_KEY", "")
	if key == "" {
		return false
	}
	client, err := filesync.NewClient(l.e.lookup("OPENLOOP_URL", defaultServer), key)
	return err == nil && client.Do(ctx, http.MethodGet, where, query, nil, out) == nil
}

// paths are those of Files of a kind, "" for all, in and below the directory that was begun.
func (l *line) paths(ctx context.Context, kind file.Kind) choices {
	query := url.Values{"size": {"5000"}}
	if kind != "" {
		query.Set("kind", string(kind))
	}
	if directory := path.Dir(l.last); strings.Contains(l.last, "/") && directory != "/" {
		query.Set("directory", directory)
	}
	var tree struct {
		Files []struct {
			Path string    `json:"path"`
			Kind file.Kind `json:"kind"`
		} `json:"files"`
	}
	if !l.ask(ctx, "/files/tree", query, &tree) {
		return choices{}
	}
	var c choices
	for _, f := range tree.Files {
		c.list = append(c.list, choice{f.Path, string(f.Kind)})
	}
	return c
}

func (l *line) environments(ctx context.Context) choices {
	var all struct {
		Records []struct {
			Name string `json:"name"`
			Tag  string `json:"tag"`
		} `json:"records"`
	}
	if !l.ask(ctx, "/environments", nil, &all) {
		return choices{}
	}
	var c choices
	for _, r := range all.Records {
		about := ""
		if r.Tag == file.DefaultTag {
			about = "the default one"
		}
		c.list = append(c.list, choice{r.Name, about})
	}
	return c
}

// keys are the ids of API keys that were not revoked. Only an admin sees them.
func (l *line) keys(ctx context.Context) choices {
	var all struct {
		Records []struct {
			ID      string `json:"id"`
			Name    string `json:"name"`
			Revoked string `json:"revoked_at"`
		} `json:"records"`
	}
	if !l.ask(ctx, "/api-keys", nil, &all) {
		return choices{}
	}
	var c choices
	for _, r := range all.Records {
		if r.Revoked == "" {
			c.list = append(c.list, choice{r.ID, r.Name})
		}
	}
	return c
}

// versions are the saved ones of the File that the line names, the newest first.
func (l *line) versions(ctx context.Context) choices {
	if len(l.arguments) == 0 {
		return choices{}
	}
	var tree struct {
		Files []struct {
			ID   string `json:"id"`
			Path string `json:"path"`
		} `json:"files"`
	}
	if !l.ask(ctx, "/files/tree", url.Values{"q": {l.arguments[0]}, "size": {"5000"}}, &tree) {
		return choices{}
	}
	var c choices
	for _, f := range tree.Files {
		if f.Path != l.arguments[0] {
			continue
		}
		var all struct {
			Versions []struct {
				ID   string `json:"id"`
				Name string `json:"name"`
			} `json:"versions"`
		}
		if l.ask(ctx, "/files/"+f.ID+"/versions", url.Values{"saved": {"true"}}, &all) {
			for _, v := range all.Versions {
				c.list = append(c.list, choice{v.ID, v.Name})
			}
		}
	}
	return c
}
