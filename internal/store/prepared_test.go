package store_test

import (
	"database/sql"
	"sync"
	"testing"

	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// TestAQueryAnswersTheSameHoweverOftenItIsRun runs one text on all connections at once: first it is parsed each time, later it is prepared.
func TestAQueryAnswersTheSameHoweverOftenItIsRun(t *testing.T) {
	onEach(t, empty, func(t *testing.T, o store.Options) {
		db := open(t, o)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for n := range 20 {
					got := 0
					err := sqldb.Each(t.Context(), db.Reader(), `SELECT CAST($1 AS BIGINT) + 1`, []any{n}, func(rows *sql.Rows) error { return rows.Scan(&got) })
					if err != nil || got != n+1 {
						t.Errorf("%d and 1 are %d, %v", n, got, err)
					}
				}
			})
		}
		wg.Wait()
	})
}
