package forms

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
var sources = map[string]func(*line, context.Context) Choices{
	"FILE":        func(*line, context.Context) Choices { return Choices{Files: true} },
	"DIR":         func(*line, context.Context) Choices { return Choices{Folders: true} },
	"folder":      func(*line, context.Context) Choices { return Choices{Folders: true} },
	"PROVIDER":    (*line).providers,
	"role":        (*line).roles,
	"kinds":       (*line).kinds,
	"PATH":        func(l *line, ctx context.Context) Choices { return l.paths(ctx, "") },
	"DATASET":     func(l *line, ctx context.Context) Choices { return l.paths(ctx, file.DatasetKind) },
	"EVALUATOR":   func(l *line, ctx context.Context) Choices { return l.paths(ctx, file.EvaluatorKind) },
	"environment": (*line).environments,
	"KEY-ID":      (*line).keys,
	"VERSION":     (*line).versions,
}

// Sourced reports whether arguments of a name are completed.
func Sourced(name string) bool { return sources[name] != nil }

// sourceOf names the source of a flag whose usage does not.
var sourceOf = map[string]string{
	"data": "folder", "e": "environment", "environment": "environment", "deploy": "environment", "dataset": "DATASET", "evaluator": "EVALUATOR", "from-logs": "PATH", "prompt": "FILE", "json": "FILE", "junit": "FILE", "version": "VERSION",
}

// source returns the values of an argument, none if nothing is known of them.
func (l *line) source(ctx context.Context, name string) Choices {
	if find := sources[name]; find != nil {
		return find(l, ctx)
	}
	return Choices{}
}

func (l *line) valuesOf(ctx context.Context, f *flag.Flag) Choices {
	if name := sourceOf[f.Name]; name != "" {
		return l.source(ctx, name)
	}
	name, _ := flag.UnquoteUsage(f)
	return l.source(ctx, name)
}

func (l *line) providers(context.Context) Choices {
	var c Choices
	for _, v := range vendor.All() {
		c.List = append(c.List, Choice{v.Slug, v.Display})
	}
	return c
}

func (l *line) roles(context.Context) Choices {
	return Choices{List: []Choice{{string(auth.Admin), ""}, {string(auth.Developer), ""}, {string(auth.Member), ""}}}
}

// kinds completes the last of several kinds with commas between.
func (l *line) kinds(context.Context) Choices {
	before := l.last[:strings.LastIndexByte(l.last, ',')+1]
	var c Choices
	for _, k := range filesync.Kinds() {
		c.List = append(c.List, Choice{before + string(k), ""})
	}
	return c
}

// ask gets an answer of the server into out. It returns false if there is none.
func (l *line) ask(ctx context.Context, where string, query url.Values, out any) bool {
	return l.client != nil && l.client.Do(ctx, http.MethodGet, where, query, nil, out) == nil
}

// paths are those of Files of a kind, "" for all, in and below the directory that was begun.
func (l *line) paths(ctx context.Context, kind file.Kind) Choices {
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
		return Choices{}
	}
	var c Choices
	for _, f := range tree.Files {
		c.List = append(c.List, Choice{f.Path, string(f.Kind)})
	}
	return c
}

func (l *line) environments(ctx context.Context) Choices {
	var all struct {
		Records []struct {
			Name string `json:"name"`
			Tag  string `json:"tag"`
		} `json:"records"`
	}
	if !l.ask(ctx, "/environments", nil, &all) {
		return Choices{}
	}
	var c Choices
	for _, r := range all.Records {
		about := ""
		if r.Tag == file.DefaultTag {
			about = "the default one"
		}
		c.List = append(c.List, Choice{r.Name, about})
	}
	return c
}

// keys are the ids of API keys that were not revoked. Only an admin sees them.
func (l *line) keys(ctx context.Context) Choices {
	var all struct {
		Records []struct {
			ID      string `json:"id"`
			Name    string `json:"name"`
			Revoked string `json:"revoked_at"`
		} `json:"records"`
	}
	if !l.ask(ctx, "/api-keys", nil, &all) {
		return Choices{}
	}
	var c Choices
	for _, r := range all.Records {
		if r.Revoked == "" {
			c.List = append(c.List, Choice{r.ID, r.Name})
		}
	}
	return c
}

// versions are the saved ones of the File that the line names, the newest first.
func (l *line) versions(ctx context.Context) Choices {
	if len(l.arguments) == 0 {
		return Choices{}
	}
	var tree struct {
		Files []struct {
			ID   string `json:"id"`
			Path string `json:"path"`
		} `json:"files"`
	}
	if !l.ask(ctx, "/files/tree", url.Values{"q": {l.arguments[0]}, "size": {"5000"}}, &tree) {
		return Choices{}
	}
	var c Choices
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
				c.List = append(c.List, Choice{v.ID, v.Name})
			}
		}
	}
	return c
}
