package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/config"
)

const inFile = "hl_sk_in_a_file_0123456789"

// TestSettingsInFiles reads settings from the files that NAME_FILE names, and from the credentials of a systemd service.
func TestSettingsInFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"key": inFile + "\r\n", "OPENLOOP_API_KEY": inFile + "\n", "OPENAI_API_KEY": "sk-file"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, environ := range map[string][]string{
		"named":      {"OPENLOOP_API_KEY_FILE=" + filepath.Join(dir, "key"), "OPENAI_API_KEY_FILE=" + filepath.Join(dir, "OPENAI_API_KEY")},
		"credential": {"CREDENTIALS_DIRECTORY=" + dir},
		"variable":   {"CREDENTIALS_DIRECTORY=" + dir, "OPENLOOP_API_KEY=" + inFile, "OPENLOOP_MODELS_FILE="},
	} {
		c, err := config.Read(environ)
		if err != nil {
			t.Fatal(name, err)
		}
		if got := []string{c.APIKey, c.Providers["openai"].Key}; !cmp.Equal(got, []string{inFile, "sk-file"}) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := config.Unknown([]string{"OPENLOOP_API_KEY_FILE=x", "OPENLOOP_DATABASE_URL_FILE=x"}); len(got) > 0 {
		t.Error(got)
	}
}

// TestFilesOfSettingsThatCannotBe names the variable and the file, never what is in it.
func TestFilesOfSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, []byte(strings.Repeat("secret", 20_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for environ, want := range map[string]string{
		"OPENLOOP_API_KEY_FILE=" + dir + "/none":                         "OPENLOOP_API_KEY_FILE: the file " + dir + "/none cannot be read",
		"OPENLOOP_API_KEY_FILE=" + dir:                                   "OPENLOOP_API_KEY_FILE: the file " + dir + " cannot be read",
		"OPENLOOP_API_KEY_FILE=" + large:                                 "OPENLOOP_API_KEY_FILE: the file " + large + " is too large for a setting",
		"OPENLOOP_API_KEY_FILE=" + large + " OPENLOOP_API_KEY=" + inFile: "OPENLOOP_API_KEY and OPENLOOP_API_KEY_FILE are both set",
	} {
		if _, err := config.Read(strings.Fields(environ)); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", environ, err, want)
		}
	}
}
