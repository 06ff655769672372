package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/vendor"
)

const (
	fileSuffix     = "_FILE"                 // NAME_FILE names the file that has the value of NAME
	credentialsDir = "CREDENTIALS_DIRECTORY" // systemd's name for the folder of a service's credentials, each a file
	mostSetting    = 64 << 10                // bytes of a value in a file
)

// readFiles adds the values that are in files to environ: of each setting NAME, what is in the file that NAME_FILE names, and otherwise the credential
// NAME that systemd gave to the service. A blank at the end of a file is not part of the value. A variable that is set stays, but may not have a file too.
// It lists the problems, without values.
func readFiles(environ map[string]string) []error {
	var problems []error
	for _, name := range fileSettings() {
		path, set := environ[name+fileSuffix], environ[name] != ""
		dir := environ[credentialsDir]
		switch {
		case set && path != "":
			problems = append(problems, fmt.Errorf("%s and %s%s are both set", name, name, fileSuffix))
			continue
		case set, path == "" && dir == "":
			continue
		case path == "":
			path = filepath.Join(dir, name)
			if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
				continue
			}
		}
		value, err := valueIn(path)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name+fileSuffix, err))
			continue
		}
		environ[name] = value
	}
	return problems
}

// valueIn is the value in a file.
func valueIn(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("the file %s cannot be read", path)
	}
	defer f.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(f, mostSetting+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("the file %s cannot be read", path)
	case len(data) > mostSetting:
		return "", fmt.Errorf("the file %s is too large for a setting", path)
	}
	return strings.TrimRight(string(data), " \t\r\n"), nil
}

// fileSettings are the names of all settings that a file may have.
func fileSettings() []string {
	names := map[string]bool{"DATABASE_URL": true}
	for _, name := range settings() {
		names[name] = true
	}
	for _, v := range vendor.All() {
		for _, s := range v.Variables() {
			for _, name := range s.Names {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}
