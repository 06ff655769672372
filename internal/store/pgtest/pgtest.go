// Package pgtest runs a real PostgreSQL for tests, from the programs that are installed on the machine.
package pgtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is one PostgreSQL in a scratch folder, reached through a socket there. It is started by the first test that needs it and kept
// until [Server.Stop]. Nothing it stores is meant to survive. The zero Server is ready; it is safe for concurrent use.
type Server struct {
	Connections int // that it takes at most; 0 means 200. Not changed once it runs.

	start   sync.Once
	err     error // of starting
	folder  string
	program string // of the server
	process *exec.Cmd

	mu      sync.Mutex // of what follows
	schemas int
	idle    []string // schemas for Reused
}

var errAbsent = errors.New("PostgreSQL is not installed")

const (
	superuser    = "openloop"
	startTimeout = 30 * time.Second
)

// URL makes an empty schema and returns the URL of a database that uses it alone. Without PostgreSQL on the machine it skips the test,
// or fails it where the environment variable CI is true. Where PGTEST is off it skips the test.
func (s *Server) URL(t testing.TB) string {
	t.Helper()
	return s.url(s.schema(t))
}

// Reused returns the URL of a database that prepare has made tables in, which are empty but for the table migration. After the test it is
// emptied for the next, unless it has grown. What URL says of a machine without PostgreSQL holds here too.
func (s *Server) Reused(t testing.TB, prepare func(url string) error) string {
	t.Helper()
	s.mu.Lock()
	schema := ""
	if n := len(s.idle); n > 0 {
		schema, s.idle = s.idle[n-1], s.idle[:n-1]
	}
	s.mu.Unlock()
	if schema == "" {
		schema = s.schema(t)
		if err := errors.Join(prepare(s.url(schema)), s.exec(emptied, schema)); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if s.exec(emptied, schema) != nil { // it has grown, or its server was stopped
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.idle = append(s.idle, schema)
	})
	return s.url(schema)
}

// emptied deletes what a schema holds, and has its numbers begin anew. It fails for a schema with a table of more than 2 MB.
const emptied = `
DO $$
DECLARE name text;
BEGIN
	SET LOCAL session_replication_role = replica;
	FOR name IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = '«schema»' AND tablename <> 'migration' LOOP
		IF pg_table_size(name) > 2000000 THEN
			RAISE EXCEPTION 'table % has grown', name;
		END IF;
		EXECUTE 'DELETE FROM ' || name;
	END LOOP;
	PERFORM setval(format('%I.%I', schemaname, sequencename), 1, false) FROM pg_sequences WHERE schemaname = '«schema»';
END $$`

// schema makes one.
func (s *Server) schema(t testing.TB) string {
	t.Helper()
	if os.Getenv("PGTEST") == "off" {
		t.Skip("PGTEST is off")
	}
	s.start.Do(func() { s.err = s.run() })
	if errors.Is(s.err, errAbsent) && os.Getenv("CI") != "true" {
		t.Skip(s.err)
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	s.mu.Lock()
	s.schemas++
	schema := "test_" + strconv.Itoa(s.schemas)
	s.mu.Unlock()
	if err := s.exec("CREATE SCHEMA «schema»", schema); err != nil {
		t.Fatal(err)
	}
	return schema
}

// exec runs a statement about a schema, which stands for «schema» in it.
func (s *Server) exec(text, schema string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.url("public"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, strings.ReplaceAll(text, "«schema»", schema))
	return errors.Join(err, conn.Close(ctx))
}

func (s *Server) url(schema string) string {
	return "postgres:///postgres?" + url.Values{"host": {s.folder}, "user": {superuser}, "search_path": {schema}}.Encode()
}

// Pause stops the server and all that work for its clients in mid-air, as a machine does that swaps or is moved: connections stay open,
// and nobody answers. The function that it returns lets them go on; a second call of it does nothing.
func (s *Server) Pause(t testing.TB) (resume func()) {
	t.Helper()
	pids := append([]int{s.process.Process.Pid}, children(t, s.process.Process.Pid)...)
	signal := func(sig syscall.Signal) {
		for _, pid := range pids {
			_ = syscall.Kill(pid, sig) // one may have ended by itself
		}
	}
	signal(syscall.SIGSTOP)
	resume = sync.OnceFunc(func() { signal(syscall.SIGCONT) })
	t.Cleanup(resume)
	return resume
}

// Shutdown ends the server in order, as for an upgrade of it: whoever is connected is told and cut off. The function that it returns starts it again on
// the same data.
func (s *Server) Shutdown(t testing.TB) (start func()) {
	t.Helper()
	err := s.process.Process.Signal(syscall.SIGINT)
	if err = errors.Join(err, s.process.Wait()); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := s.serve(); err != nil {
			t.Fatal(err)
		}
	}
}

// children are the processes that pid started. A system that does not tell skips the test.
func children(t testing.TB, pid int) []int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		t.Skip(err)
	}
	var pids []int
	for field := range strings.FieldsSeq(string(text)) {
		child, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, child)
	}
	return pids
}

// Stop ends the server, when it runs, and removes its folder. Call it from TestMain, after the tests.
func (s *Server) Stop() {
	if s.process != nil {
		_ = s.process.Process.Signal(syscall.SIGQUIT) // at once, whoever is connected
		_ = s.process.Wait()
	}
	if s.folder != "" {
		_ = os.RemoveAll(s.folder)
	}
}

func (s *Server) run() error {
	bin, err := binaries()
	if err != nil {
		return err
	}
	if s.folder, err = os.MkdirTemp("", "pgtest"); err != nil {
		return err
	}
	owner, err := unprivileged(s.folder)
	if err != nil {
		return err
	}
	data := filepath.Join(s.folder, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.SysProcAttr = owner
	initdb.Dir = s.folder
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	s.program = filepath.Join(bin, "postgres")
	return s.serve()
}

// serve starts the server on its data, and waits for it.
func (s *Server) serve() error {
	owner, err := unprivileged(s.folder)
	if err != nil {
		return err
	}
	server := exec.Command(s.program, "-D", filepath.Join(s.folder, "data"), "-k", s.folder, "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "full_page_writes=off", "-c", "max_connections="+strconv.Itoa(cmp.Or(s.Connections, 200)))
	server.SysProcAttr = owner
	server.Dir = s.folder
	if err := server.Start(); err != nil {
		return err
	}
	s.process = server
	return s.await()
}

// await waits until the server takes connections.
func (s *Server) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.url("public"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL did not start: %w", err)
		}
	}
}

// binaries finds the folder of PostgreSQL's programs: on the PATH, or where Debian puts them, the newest version first.
func binaries() (string, error) {
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(real), nil
		}
	}
	folders, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(folders) == 0 {
		return "", errAbsent
	}
	version := func(folder string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(folder))) // 0 for a name that is no number
		return n
	}
	return slices.MaxFunc(folders, func(a, b string) int { return version(a) - version(b) }), nil
}

// unprivileged lets processes run as the user postgres when we are root, whom PostgreSQL refuses, and gives that user the folder.
func unprivileged(folder string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("%w for another user than root: %w", errAbsent, err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, os.Chown(folder, int(uid), int(gid))
}
