package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestLicensesOfAllModules looks at each module that any of the binaries is linked with.
func TestLicensesOfAllModules(t *testing.T) {
	linked := map[string]bool{}
	for _, target := range targets {
		list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", "./cmd/openloop")
		list.Dir, list.Env = "../..", append(list.Environ(), "GOOS="+target.os, "GOARCH="+target.arch)
		out, err := list.Output()
		if err != nil {
			t.Fatal(err)
		}
		for path := range strings.FieldsSeq(string(out)) {
			linked[path] = true
		}
	}
	all, err := thirdParty(t.Context(), "../..", linked)
	if err != nil {
		t.Error(err)
	}
	if len(all) < 20 {
		t.Errorf("only %d modules were looked at", len(all))
	}
}

// TestOtherLicensesAreRefused has texts that are no license, or one that asks for more than can be given.
func TestOtherLicensesAreRefused(t *testing.T) {
	for _, text := range []string{"", "All rights reserved.", "GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3", "Business Source License 1.1"} {
		if got := classify([]byte(text)); got != "" {
			t.Errorf("%q is taken for %s", text, got)
		}
	}
}
