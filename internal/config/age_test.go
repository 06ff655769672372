package config_test

import (
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/config"
)

func TestRetentionIsReadInDays(t *testing.T) {
	for text, want := range map[string]time.Duration{"90d": 90 * 24 * time.Hour, "12h": 12 * time.Hour, "0": 0, "0d": 0} {
		got, err := config.Read([]string{"OPENLOOP_LOG_RETENTION=" + text})
		if time.Duration(got.LogRetention) != want || err != nil {
			t.Errorf("%s: got %v, %v", text, time.Duration(got.LogRetention), err)
		}
	}
	for _, text := range []string{"-1h", "-1d", "d", "90", "1.5d", "999999999d", "leak"} {
		_, err := config.Read([]string{"OPENLOOP_LOG_RETENTION=" + text})
		const want = "OPENLOOP_LOG_RETENTION must be a time, as 90d or 12h, or 0 to keep Logs for ever"
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v", text, err)
		}
	}
}
