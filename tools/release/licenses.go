package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// allowed are the licenses that what is linked into the binary may have, told apart by a sentence that only they have. The first that fits counts.
var allowed = []struct {
	name string
	says *regexp.Regexp
}{
	{"Apache-2.0", sentence("Apache License Version 2.0, January 2004")},
	{"BSD-3-Clause", sentence("Redistribution and use in source and binary forms[^§]*Neither the name")},
	{"BSD-2-Clause", sentence("Redistribution and use in source and binary forms")},
	{"MIT", sentence("Permission is hereby granted, free of charge, to any person obtaining a copy")},
	{"ISC", sentence("Permission to use, copy, modify, and(/or)? distribute this software for any purpose with or without fee is hereby granted")},
	{"Unlicense", sentence("This is free and unencumbered software released into the public domain")},
	{"CC0-1.0", sentence("CC0 1.0 Universal")},
}

// sentence matches a text however its words are broken into lines.
func sentence(text string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(text, " ", `[\s*#/"]+`))
}

// module is a module that is linked into a binary.
type module struct{ Path, Version, Dir string }

// terms is what a module, or Go itself, asks of those who pass it on.
type terms struct {
	of, license string
	text        []byte
}

// licenses writes THIRD_PARTY: the license of Go and of each module that is linked into one of the binaries. It fails for a license that is not allowed.
func (r *release) licenses(ctx context.Context) error {
	linked := map[string]bool{}
	for _, t := range r.targets {
		info, err := buildinfo.ReadFile(r.binary(t))
		if err != nil {
			return err
		}
		for _, d := range info.Deps {
			if d.Replace != nil {
				d = d.Replace
			}
			linked[d.Path] = true
		}
	}
	all, err := thirdParty(ctx, r.root, linked)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "The binaries of Openloop contain Go's standard library and the modules below, under their licenses. NOTICE has what else they contain.\n")
	for _, t := range all {
		fmt.Fprintf(&text, "\n%s\n%s (%s)\n\n%s\n", strings.Repeat("-", 80), t.of, t.license, bytes.TrimSpace(t.text))
	}
	return r.publish("THIRD_PARTY", text.Bytes())
}

// thirdParty returns the terms of Go and of the modules that are linked, in their order. The error names every module without a license that is allowed.
func thirdParty(ctx context.Context, root string, linked map[string]bool) ([]terms, error) {
	goroot, err := output(ctx, root, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	library, err := termsOf("Go", filepath.Clean(strings.TrimSpace(string(goroot))))
	problems := []error{err}
	all := []terms{library}
	modules, err := listModules(ctx, root)
	if err != nil {
		return nil, err
	}
	for _, m := range modules {
		if !linked[m.Path] {
			continue
		}
		t, err := termsOf(m.Path+" "+m.Version, m.Dir)
		problems = append(problems, err)
		all = append(all, t)
	}
	if len(all) != len(linked)+1 {
		problems = append(problems, fmt.Errorf("%d modules are linked, and go list has %d of them", len(linked), len(all)-1))
	}
	return all, errors.Join(problems...)
}

// listModules lists the modules of the repository but its own, by path.
func listModules(ctx context.Context, root string) ([]module, error) {
	out, err := output(ctx, root, "go", "list", "-m", "-json", "all")
	if err != nil {
		return nil, err
	}
	var all []module
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var m module
		if err := d.Decode(&m); err != nil {
			return nil, err
		}
		if m.Version != "" {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b module) int { return strings.Compare(a.Path, b.Path) })
	return all, nil
}

var licenseFile = regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying|notice|patents)([.-].*)?$`)

// termsOf reads what is in the files of a folder that are named as licenses and notices are.
func termsOf(of, dir string) (terms, error) {
	entries, err := os.ReadDir(dir)
	if dir == "" || err != nil {
		return terms{}, fmt.Errorf("%s is not on this machine: run go mod download", of)
	}
	t := terms{of: of}
	for _, e := range entries {
		if e.IsDir() || !licenseFile.MatchString(e.Name()) || strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return t, err
		}
		t.text = append(append(t.text, text...), "\n\n"...)
	}
	t.license = classify(t.text)
	if t.license == "" {
		return t, fmt.Errorf("%s has no license that is allowed", of)
	}
	return t, nil
}

// classify names the license in a text, "" for one that is not allowed.
func classify(text []byte) string {
	if sentence("GNU (LESSER |AFFERO )?GENERAL PUBLIC LICENSE").Match(text) {
		return ""
	}
	for _, l := range allowed {
		if l.says.Match(text) {
			return l.name
		}
	}
	return ""
}

// output runs a program, and returns what it prints.
func output(ctx context.Context, dir, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return out, nil
}
