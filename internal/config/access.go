package config

import (
	"errors"
	"reflect"

	"github.com/openloop-server/openloop/internal/vendor"
)

// readProviders reads the settings of providers, nil if there are none, and lists the problems.
func readProviders(environ map[string]string) (map[string]vendor.Access, []error) {
	var out map[string]vendor.Access
	var problems []error
	for _, v := range vendor.All() {
		var a vendor.Access
		for _, s := range v.Variables() {
			problems = append(problems, read(&a, &s, environ)...)
		}
		if reflect.ValueOf(a).IsZero() {
			continue
		}
		if out == nil {
			out = map[string]vendor.Access{}
		}
		out[v.Slug] = a
	}
	return out, problems
}

// read takes one setting into a.
func read(a *vendor.Access, s *vendor.Setting, environ map[string]string) []error {
	var problems []error
	for _, name := range s.Names {
		value := environ[name]
		if value == "" {
			continue
		}
		if s.Use == vendor.BaseURL && !isWebURL(value) {
			problems = append(problems, errors.New(name+" must be an http or https URL"))
		}
		if s.Valid != nil && !s.Valid(value) {
			problems = append(problems, errors.New(name+" "+s.Must))
		}
		keep(a, s.Use, name, value)
	}
	return problems
}

// keep stores a value unless a more important variable had one.
func keep(a *vendor.Access, u vendor.Use, name, value string) {
	place := map[vendor.Use]*string{vendor.Key: &a.Key, vendor.BaseURL: &a.BaseURL, vendor.Name: &a.Name}[u]
	switch {
	case place == nil && a.Further == nil:
		a.Further = map[string]string{name: value}
	case place == nil:
		a.Further[name] = value
	case *place == "":
		*place = value
	}
}
