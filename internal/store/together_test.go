package store_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// TestThoseWhoAskDuringAQueryShareTheNext has ten callers ask while a query runs.
func TestThoseWhoAskDuringAQueryShareTheNext(t *testing.T) {
	running, release := make(chan struct{}), make(chan struct{})
	var asked []int
	r := sqldb.NewTogether(func(_ context.Context, keys []int) (map[int]int, error) {
		if asked == nil {
			close(running)
			<-release
		}
		asked = append(asked, len(keys))
		found := map[int]int{}
		for _, k := range keys {
			if k%2 == 0 {
				found[k] = 10 * k
			}
		}
		return found, nil
	})
	got := make([]int, 11)
	var all, queued sync.WaitGroup
	get := func(key int) {
		v, ok, err := r.Get(t.Context(), key)
		if err != nil || ok != (key%2 == 0) {
			t.Errorf("%d: %v, %v", key, ok, err)
		}
		got[key] = v
	}
	all.Go(func() { get(0) })
	<-running
	for i := range 10 {
		queued.Add(1)
		all.Go(func() {
			queued.Done()
			get(i + 1)
		})
	}
	queued.Wait()
	close(release)
	all.Wait()
	if d := cmp.Diff([]int{0, 0, 20, 0, 40, 0, 60, 0, 80, 0, 100}, got); d != "" {
		t.Errorf("answers (-want +got):\n%s", d)
	}
	total := 0
	for _, n := range asked {
		total += n
	}
	if total != 11 || len(asked) > 4 {
		t.Errorf("queries of %v keys", asked)
	}
}

// TestAQueryThatFailsFailsForAll has one that panics as well: nobody waits for ever.
func TestAQueryThatFailsFailsForAll(t *testing.T) {
	fails := sqldb.NewTogether(func(context.Context, []int) (map[int]int, error) { return nil, errs.New(errs.Conflict, "no") })
	if _, ok, err := fails.Get(t.Context(), 1); ok || !errs.Is(err, errs.Conflict) {
		t.Errorf("%v, %v", ok, err)
	}
	panics := sqldb.NewTogether(func(context.Context, []int) (map[int]int, error) { panic("a bug") })
	for range 2 {
		func() {
			defer func() { _ = recover() }()
			_, _, _ = panics.Get(t.Context(), 1)
			t.Error("no panic")
		}()
	}
}

func TestKeysComeInFewTexts(t *testing.T) {
	with, args := sqldb.WithKeys("a, b", [][]any{{1, 2}, {3, 4}, {5, 6}})
	want := "WITH k (a, b) AS (VALUES (CAST($1 AS BIGINT), CAST($2 AS BIGINT)), (CAST($3 AS BIGINT), CAST($4 AS BIGINT)), " +
		"(CAST($5 AS BIGINT), CAST($6 AS BIGINT)), (CAST($7 AS BIGINT), CAST($8 AS BIGINT))) "
	if with != want || !slices.Equal(args, []any{1, 2, 3, 4, 5, 6, int64(-1), int64(-1)}) {
		t.Errorf("%s with %v", with, args)
	}
}
