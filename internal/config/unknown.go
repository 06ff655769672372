package config

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/nearest"
)

const own = "OPENLOOP_" // the prefix of settings that only this program has

// Unknown lists the variables in environ that look like a setting but are none, each with the setting that was probably meant. They are in the
// order of their names. Values are not shown.
func Unknown(environ []string) []string {
	known := settings()
	ends := make([]string, len(known))
	for i, name := range known {
		ends[i] = strings.TrimPrefix(name, own)
	}
	var out []string
	for _, line := range slices.Sorted(slices.Values(environ)) {
		name, value, _ := strings.Cut(line, "=")
		rest, ok := strings.CutPrefix(strings.ToUpper(name), own)
		if !ok || slices.Contains(known, name) || slices.Contains(known, strings.TrimSuffix(name, fileSuffix)) || isServiceLink(name, value) {
			continue
		}
		text := name + " is no setting of Openloop, and is ignored."
		if meant := nearest.Name(rest, ends); meant != "" {
			text += " Did you mean " + own + meant + "?"
		}
		out = append(out, text)
	}
	return out
}

// settings are the names of all settings that start with [own]: those of the server and of the commands that call one.
func settings() []string {
	names := map[string]bool{own + "URL": true}
	gather(reflect.TypeFor[Config](), "", names)
	return slices.Sorted(maps.Keys(names))
}

func gather(t reflect.Type, prefix string, names map[string]bool) {
	for f := range t.Fields() {
		name := prefix + f.Tag.Get("env")
		if more, nested := f.Tag.Lookup("envPrefix"); nested {
			gather(f.Type, prefix+more, names)
		} else if strings.HasPrefix(name, own) {
			names[name] = true
		}
	}
}

// serviceLink matches the variables that Kubernetes sets in every container for a Service whose name starts with "openloop":
// https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables.
var serviceLink = regexp.MustCompile(`^OPENLOOP_(.*_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$`)

func isServiceLink(name, value string) bool {
	port := strings.HasPrefix(name, own) && strings.HasSuffix(name, "_PORT")
	return serviceLink.MatchString(name) || port && strings.Contains(value, "://")
}
