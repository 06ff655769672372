// Package process runs a server under test and reads what it costs: processor time, memory and the time to start.
package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

const (
	readyWithin = 60 * time.Second
	stopWithin  = 30 * time.Second
)

// Spec says what to start.
type Spec struct {
	Name string   // for messages
	Path string   // of the program
	Args []string // without the program's name
	Env  []string // the whole environment, as KEY=value
	Log  string   // file that takes standard output and standard error
}

// Process is a running program. Its methods are safe for concurrent use.
type Process struct {
	name    string
	log     string
	started time.Time
	cancel  context.CancelFunc
	cmd     *exec.Cmd
	pid     int
	done    chan struct{} // closed when the program has ended
}

// Start starts a program. It gets SIGTERM when ctx is done; the caller must call Stop in any case.
func Start(ctx context.Context, spec Spec) (*Process, error) {
	log, err := os.OpenFile(spec.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Name, err)
	}
	defer func() { _ = log.Close() }() // the program has its own descriptor
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, spec.Path, spec.Args...) //nolint:gosec // starting programs is the purpose
	cmd.Env, cmd.Stdout, cmd.Stderr = spec.Env, log, log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopWithin
	p := &Process{name: spec.Name, log: spec.Log, started: time.Now(), cancel: cancel, cmd: cmd, done: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("start %s: %w", spec.Name, err)
	}
	p.pid = cmd.Process.Pid
	go func() {
		_ = cmd.Wait() // how it ended is in cmd.ProcessState
		close(p.done)
	}()
	return p, nil
}

// Running is a process that somebody else started and ends. Its CPU and Memory can be read.
func Running(name string, pid int) *Process { return &Process{name: name, pid: pid} }

// Ready calls probe every millisecond until it succeeds and returns the time
// since the program was started. It fails when the program ends first.
func (p *Process) Ready(ctx context.Context, probe func(context.Context) error) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for {
		err := probe(ctx)
		if err == nil {
			return time.Since(p.started), nil
		}
		select {
		case <-ticker.C:
		case <-p.done:
			return 0, p.failure("ended before it was ready")
		case <-ctx.Done():
			return 0, p.failure("is not ready: " + err.Error())
		}
	}
}

// Stop asks the program to end, waits, and kills it if it takes too long. It
// fails when the program had ended before, or ends with a failure.
func (p *Process) Stop() error {
	select {
	case <-p.done:
		return p.failure("ended by itself")
	default:
	}
	p.cancel()
	<-p.done
	if !p.cmd.ProcessState.Success() {
		return p.failure("stopped badly: " + p.cmd.ProcessState.String())
	}
	return nil
}

// failure is an error that shows the end of the program's log.
func (p *Process) failure(what string) error {
	const shown = 2000
	log, err := os.ReadFile(p.log)
	if err != nil {
		return errors.Join(fmt.Errorf("%s %s", p.name, what), err)
	}
	log = bytes.TrimSpace(log)
	return fmt.Errorf("%s %s; the end of its log:\n%s", p.name, what, log[max(0, len(log)-shown):])
}
