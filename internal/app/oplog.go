package app

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/config"
)

// operatorLog is the server's own log. It buffers ordinary lines for a moment and writes them together, because a write for each would cost
// more than the line. Warnings and errors are written at once, with everything buffered before them.
type operatorLog struct {
	level slog.LevelVar // of the least important lines that are written

	mu    sync.Mutex
	w     io.Writer
	lines []byte
	timer *time.Timer // while lines wait
}

const (
	logDelay = 100 * time.Millisecond
	logRoom  = 64 << 10
)

// newLogger returns a logger to w and its buffer, which must be flushed at the end.
func newLogger(cfg *config.Config, w io.Writer) (*slog.Logger, *operatorLog) {
	out := &operatorLog{w: w}
	out.setLevel(cfg.LogLevel)
	options := &slog.HandlerOptions{Level: &out.level}
	if cfg.LogFormat == "json" {
		return slog.New(urgent{slog.NewJSONHandler(out, options), out}), out
	}
	return slog.New(urgent{slog.NewTextHandler(out, options), out}), out
}

// setLevel sets the level by its name; one that is not known is info.
func (o *operatorLog) setLevel(name string) {
	var level slog.Level
	if level.UnmarshalText([]byte(name)) != nil {
		level = slog.LevelInfo
	}
	o.level.Set(level)
}

// Write buffers a line.
func (o *operatorLog) Write(line []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lines = append(o.lines, line...)
	if len(o.lines) >= logRoom {
		return len(line), o.write()
	}
	if o.timer == nil {
		o.timer = time.AfterFunc(logDelay, func() { _ = o.Flush() }) // a log that cannot be written has nobody to tell
	}
	return len(line), nil
}

// Flush writes the buffered lines.
func (o *operatorLog) Flush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.write()
}

func (o *operatorLog) write() error {
	if o.timer != nil {
		o.timer.Stop()
		o.timer = nil
	}
	if len(o.lines) == 0 {
		return nil
	}
	_, err := o.w.Write(o.lines)
	o.lines = o.lines[:0]
	return err
}

// urgent is a handler that flushes after warnings and errors.
type urgent struct {
	slog.Handler
	out *operatorLog
}

// Handle implements [slog.Handler].
func (u urgent) Handle(ctx context.Context, r slog.Record) error {
	err := u.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelWarn && err == nil {
		err = u.out.Flush()
	}
	return err
}

// WithAttrs implements [slog.Handler].
func (u urgent) WithAttrs(attrs []slog.Attr) slog.Handler {
	return urgent{u.Handler.WithAttrs(attrs), u.out}
}

// WithGroup implements [slog.Handler].
func (u urgent) WithGroup(name string) slog.Handler { return urgent{u.Handler.WithGroup(name), u.out} }
