package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/openloop-server/openloop/bench/internal/suite"
	"github.com/openloop-server/openloop/internal/json"
)

// TestMain lets the test program play the upstream and the proxy.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == suite.RoleUpstream || os.Args[1] == suite.RoleProxy) {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestPrintsAndSavesWhatItMeasured(t *testing.T) {
	path := filepath.Join(t.TempDir(), "figures.json")
	var out, progress strings.Builder
	args := []string{"-targets", "direct,proxy", "-only", "throughput/1$", "-rounds", "2", "-duration", "30ms", "-json", path}
	if err := run(t.Context(), args, &out, &progress); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2 rounds of 0.03s for each of direct, proxy", "throughput/1: 1 connection", "throughput, calls/s"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var saved struct {
		Settings struct {
			Targets []string `json:"targets"`
		} `json:"settings"`
		Cases []struct {
			Rows []struct {
				Name   string               `json:"name"`
				Rounds map[string][]float64 `json:"rounds"`
			} `json:"rows"`
		} `json:"cases"`
	}
	if err := json.Unmarshal(raw, &saved); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"direct", "proxy"}, saved.Settings.Targets); diff != "" {
		t.Error(diff)
	}
	row := saved.Cases[0].Rows[0]
	if row.Name != "throughput" || len(row.Rounds["direct"]) != 2 || row.Rounds["direct"][0] <= 0 {
		t.Errorf("first row %+v", row)
	}
	order := "throughput/1, round 1 of 2: direct\nthroughput/1, round 1 of 2: proxy\n" +
		"throughput/1, round 2 of 2: proxy\nthroughput/1, round 2 of 2: direct\n"
	if diff := cmp.Diff(order, progress.String()); diff != "" {
		t.Error(diff)
	}
}

func TestWrongCommandLines(t *testing.T) {
	for _, line := range []string{"-only (", "-rounds 0", "-duration 0s", "extra", "-only nothing -targets direct", "-targets elsewhere -only throughput/1$ -quick"} {
		t.Run(line, func(t *testing.T) {
			var out, progress strings.Builder
			if err := run(t.Context(), strings.Fields(line), &out, &progress); err == nil {
				t.Errorf("no error; output:\n%s", out.String())
			}
		})
	}
}

func TestScratchPostgresGivesEmptyDatabases(t *testing.T) {
	if _, err := postgresProgram("initdb"); err != nil {
		t.Skip(err)
	}
	scratch, err := os.MkdirTemp("", "openloop-bench-test") //nolint:usetesting // t.TempDir lies below a folder of root's own
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(scratch) })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c, err := startPostgres(ctx, scratch)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.stop(); err != nil {
			t.Error(err)
		}
	}()
	for range 2 {
		url, err := c.newDatabase(ctx)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		var fsync string
		if _, err := conn.Exec(ctx, "CREATE TABLE t (i int)"); err != nil {
			t.Error(err)
		}
		if err := conn.QueryRow(ctx, "SHOW fsync").Scan(&fsync); err != nil || fsync != "on" {
			t.Errorf("fsync %q, %v", fsync, err)
		}
		if err := conn.Close(ctx); err != nil {
			t.Error(err)
		}
	}
}
