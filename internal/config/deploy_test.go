package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/config"
)

// TestSettingsOfDeployments looks at what the files in deploy set: each name is a setting, and the values are valid.
func TestSettingsOfDeployments(t *testing.T) {
	t.Parallel()
	var files []string
	for _, pattern := range []string{"../../Containerfile", "../../deploy/compose*.yaml", "../../deploy/systemd/*", "../../deploy/chart/values*.yaml", "../../deploy/chart/templates/*", "../../tools/chart/testdata/*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil || found == nil {
			t.Fatalf("%s: %v, %v", pattern, found, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`\bOPENLOOP_[A-Z_]*[A-Z]\b`).FindAllString(string(text), -1) {
			if name == "OPENLOOP_IMAGE" { // of the compose files themselves
				continue
			}
			if unknown := config.Unknown([]string{name + "=x"}); unknown != nil {
				t.Errorf("%s: %s", file, strings.Join(unknown, " "))
			}
		}
	}
	if _, err := config.Read([]string{"OPENLOOP_ADDR=:8080", "OPENLOOP_DATA_DIR=/data", "OPENLOOP_TRUSTED_PROXIES=172.16.0.0/12", "OPENLOOP_SHUTDOWN_TIMEOUT=600s"}); err != nil {
		t.Error(err)
	}
}
