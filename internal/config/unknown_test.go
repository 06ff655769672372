package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/config"
)

// Fault F11: they were ignored.
func TestUnknownSettingsAreTold(t *testing.T) {
	got := config.Unknown([]string{
		"OPENLOOP_ADDR=:1", "OPENLOOP_URL=http://x", "OPENLOOP_SHUTDOWN_TIMEOUT=1s", "OPENLOOP_METRICS_OPEN=true", "PATH=/bin", "OPENAI_API_KYE=x", "=C:=x",
		"OPENLOOP_ADRR=secret", "OPENLOOP_DATA_DRI=", "OPENLOOP_MAX_RETRY=1", "OPENLOOP_SHUTDOWN_TIME_OUT=1", "OPENLOOP_FROBNICATE=1", "openloop_log_level=x",
		"OPENLOOP_PORT=8080", "OPENLOOP_=",
		"OPENLOOP_SERVICE_HOST=10.0.0.1", "OPENLOOP_SERVICE_PORT=80", "OPENLOOP_SERVICE_PORT_HTTP=80", "OPENLOOP_PORT=tcp://10.0.0.1:80",
		"OPENLOOP_PORT_80_TCP=tcp://10.0.0.1:80", "OPENLOOP_PORT_80_TCP_ADDR=10.0.0.1", "OPENLOOP_DB_SERVICE_HOST=10.0.0.2", "OPENLOOP_DB_PORT=tcp://10.0.0.2:5432",
	})
	none := " is no setting of Openloop, and is ignored."
	want := []string{
		"OPENLOOP_" + none,
		"OPENLOOP_ADRR" + none + " Did you mean OPENLOOP_ADDR?",
		"OPENLOOP_DATA_DRI" + none + " Did you mean OPENLOOP_DATA_DIR?",
		"OPENLOOP_FROBNICATE" + none,
		"OPENLOOP_MAX_RETRY" + none + "",
		"OPENLOOP_PORT" + none,
		"OPENLOOP_SHUTDOWN_TIME_OUT" + none + " Did you mean OPENLOOP_SHUTDOWN_TIMEOUT?",
		"openloop_log_level" + none + " Did you mean OPENLOOP_LOG_LEVEL?",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
