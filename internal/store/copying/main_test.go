package copying

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/store/pgtest"
)

var server pgtest.Server

func TestMain(m *testing.M) {
	if os.Getenv(killedFrom) != "" {
		killedChild()
	}
	code := m.Run()
	server.Stop()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}
