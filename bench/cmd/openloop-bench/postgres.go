package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"time"
)

// cluster is a scratch PostgreSQL with its usual settings, fsync included. It listens on a loopback port and trusts every local user.
type cluster struct {
	dir       string
	port      string
	databases int
}

// startPostgres makes and starts a cluster inside scratch. As PostgreSQL does not run as root, root hands it to the system's user postgres.
func startPostgres(ctx context.Context, scratch string) (*cluster, error) {
	c := &cluster{dir: filepath.Join(scratch, "postgres")}
	if err := os.Mkdir(c.dir, 0o700); err != nil {
		return nil, err
	}
	if os.Geteuid() == 0 {
		if err := giveToPostgres(scratch, c.dir); err != nil {
			return nil, err
		}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, c.port, err = net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, err
	}
	if err := listener.Close(); err != nil {
		return nil, err
	}
	data := filepath.Join(c.dir, "data")
	if err := c.run(ctx, "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"); err != nil {
		return nil, err
	}
	settings := "-c listen_addresses=127.0.0.1 -c port=" + c.port + " -c unix_socket_directories="
	return c, c.run(ctx, "pg_ctl", "-D", data, "-l", filepath.Join(c.dir, "log"), "-w", "-o", settings, "start")
}

// giveToPostgres makes dir, inside scratch, the user's own.
func giveToPostgres(scratch, dir string) error {
	owner, err := user.Lookup("postgres")
	if err != nil {
		return fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.Atoi(owner.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(owner.Gid)
	if err != nil {
		return err
	}
	if err := os.Chmod(scratch, 0o711); err != nil { //nolint:gosec // the user must pass through it
		return err
	}
	return os.Chown(dir, uid, gid)
}

// newDatabase makes an empty database and returns its URL.
func (c *cluster) newDatabase(ctx context.Context) (string, error) {
	c.databases++
	name := fmt.Sprintf("bench%d", c.databases)
	err := c.run(ctx, "createdb", "-h", "127.0.0.1", "-p", c.port, "-U", "postgres", name)
	return "postgres://postgres@127.0.0.1:" + c.port + "/" + name + "?sslmode=disable", err
}

func (c *cluster) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return c.run(ctx, "pg_ctl", "-D", filepath.Join(c.dir, "data"), "-m", "immediate", "-w", "stop")
}

// run runs one of PostgreSQL's programs as the cluster's owner.
func (c *cluster) run(ctx context.Context, name string, args ...string) error {
	path, err := postgresProgram(name)
	if err != nil {
		return err
	}
	argv := append([]string{path}, args...)
	if os.Geteuid() == 0 {
		argv = append([]string{"setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"}, argv...)
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...) //nolint:gosec // PostgreSQL's own programs
	cmd.Dir = c.dir
	// A file, as pg_ctl leaves its output open to the server it starts.
	output, err := os.Create(filepath.Join(c.dir, name+".out"))
	if err != nil {
		return err
	}
	defer func() { _ = output.Close() }()
	cmd.Stdout, cmd.Stderr = output, output
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(output.Name())
		return fmt.Errorf("%s: %w\n%s", name, err, said)
	}
	return nil
}

// postgresProgram finds a program on the path or where Debian keeps it, in the highest version there is.
func postgresProgram(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("PostgreSQL's %s is not installed", name)
	}
	return found[len(found)-1], nil
}
