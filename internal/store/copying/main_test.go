package copying

import (
	"context"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/store/pgtest"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

var server pgtest.Server

// onServer is a PostgreSQL database with tables and no rows. Tests share it, one after the other.
func onServer(t *testing.T) Place {
	t.Helper()
	return Place{URL: server.Reused(t, func(url string) error { return makeTables(context.Background(), sqldb.Options{URL: url}) })}
}

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
