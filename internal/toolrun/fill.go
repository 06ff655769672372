package toolrun

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// given is what can stand for {{name}} in the setup values of a Tool.
type given struct{ inputs, variables map[string]string }

// given returns the inputs, as texts or JSON, and the variables of the Tool.
func (t *task) given(ctx context.Context) (*given, error) {
	variables, err := t.variables(ctx)
	if err != nil {
		return nil, err
	}
	var inputs map[string]json.Value
	if err := json.UnmarshalForeign(t.inputs, &inputs); err != nil {
		return nil, errs.Wrap("toolrun.given", err)
	}
	g := &given{inputs: make(map[string]string, len(inputs)), variables: variables}
	for name, value := range inputs {
		if json.Kind(value) != 'n' {
			g.inputs[name] = returned(value)
		}
	}
	return g, nil
}

var placeholder = regexp.MustCompile(`\{\{ ?([\w.-]+) ?\}\}`)

// fill puts values in place of {{name}}, each as write writes it. An input comes before a variable of the same name.
func (g *given) fill(template string, write func(string) (string, error)) (string, error) {
	var fault error
	out := placeholder.ReplaceAllStringFunc(template, func(found string) string {
		name := placeholder.FindStringSubmatch(found)[1]
		value, ok := g.inputs[name]
		if !ok {
			value, ok = g.variables[name]
		}
		if !ok {
			fault = failed("The Tool needs `%s`, which is neither an input nor a variable.", name)
			return ""
		}
		text, err := write(value)
		if err != nil {
			fault = err
		}
		return text
	})
	return out, fault
}

// url fills the template of a URL, and adds the parameters of a query. The host comes from the setup values and variables alone, so that whoever calls
// the Tool does not choose who gets its credentials. A parameter that is one input, which is not given, is left out.
func (g *given) url(template string, query map[string]json.Value) (*url.URL, error) {
	origin, path, search := cutURL(template)
	origin, err := (&given{variables: g.variables}).fill(origin, asIs)
	if err != nil {
		return nil, failed("The host in the setup value `url` can be filled by variables alone: %s", errs.From(err).Message)
	}
	if path, err = g.fill(path, inPath); err != nil {
		return nil, err
	}
	if search, err = g.fill(search, inQuery); err != nil {
		return nil, err
	}
	u, err := url.Parse(origin + path + search)
	if err != nil || u.Host == "" {
		return nil, failed("The setup value `url` is not a URL like https://api.example.com/path.")
	}
	values := url.Values{}
	for name, value := range query {
		text := returned(value)
		if one := placeholder.FindStringSubmatch(text); one != nil && one[0] == text && !g.has(one[1]) {
			continue
		}
		filled, err := g.fill(text, asIs)
		if err != nil {
			return nil, err
		}
		values.Set(name, filled)
	}
	u.RawQuery = strings.Trim(u.RawQuery+"&"+values.Encode(), "&")
	return u, nil
}

func (g *given) has(name string) bool {
	_, input := g.inputs[name]
	_, variable := g.variables[name]
	return input || variable
}

// cutURL cuts the template of a URL behind its host and before its query.
func cutURL(template string) (origin, path, query string) {
	start := 0
	if at := strings.Index(template, "://"); at >= 0 {
		start = at + len("://")
	}
	end := len(template)
	if at := strings.IndexAny(template[start:], "/?#"); at >= 0 {
		end = start + at
	}
	path, query, found := strings.Cut(template[end:], "?")
	if found {
		query = "?" + query
	}
	return template[:end], path, query
}

func asIs(value string) (string, error) { return value, nil }

func inQuery(value string) (string, error) { return url.QueryEscape(value), nil }

// inPath escapes a value, which is one step of a path at most.
func inPath(value string) (string, error) {
	if value == "." || value == ".." {
		return "", failed("A step of the path of a URL cannot be `%s`.", value)
	}
	return url.PathEscape(value), nil
}

// headers fills the values of headers.
func (g *given) headers(templates map[string]json.Value) (http.Header, error) {
	out := http.Header{"User-Agent": {"Openloop"}}
	for _, name := range slices.Sorted(maps.Keys(templates)) {
		value, err := g.fill(returned(templates[name]), asIs)
		if err != nil {
			return nil, err
		}
		if !isToken(name) || !isHeader(value) {
			return nil, badHeader(name)
		}
		out.Set(name, value)
	}
	return out, nil
}

func badHeader(name string) error {
	return failed("The header `%s` has characters in its name or value that no header may have.", errs.Truncate(name, 64))
}

// isHeader reports whether text can be the value of a header.
func isHeader(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}

// isToken reports whether text can be the name of a header.
func isToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) })
}
