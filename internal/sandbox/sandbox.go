// Package sandbox runs Python that users wrote: a function of their module is given JSON and returns JSON. It runs in CPython compiled to
// WebAssembly, inside this process, without files, threads or processes, within limits of time and memory. It has no network, unless whoever runs it makes
// its requests. Every run begins with the same clean interpreter, so no run sees what another left behind. Code can also run in processes of a command
// that the operator names, which sets their limits but for that of time.
package sandbox

import (
	"context"
	"log/slog"
	"time"

	"github.com/openloop-server/openloop/internal/json"
)

// Options are the parts of a Pool.
type Options struct {
	Command []string                        // of a program that runs Python: its last word, "-", is replaced by ours; nil means that there is none
	Reuse   bool                            // a process of Command makes more than one run
	Default Runtime                         // of jobs that do not ask for one; "" means [Sandbox]
	Image   string                          // the file of an image; "" means the one installed in Dir, or else the embedded one
	Dir     string                          // the server's data directory, which has the folder of the cache; "" means a private temporary one
	Workers int                             // interpreters, which is the number of runs at a time; at least 1
	Timeout time.Duration                   // of a run; 0 means [DefaultTimeout]
	Memory  int64                           // that a run may have, the interpreter included, in bytes; 0 means [DefaultMemory]
	Idle    time.Duration                   // after so long without a run all memory is given back; 0 means [DefaultIdle]
	Prepare func(ctx context.Context) error // prepares the cache in a process of its own, which calls [Prepare]; nil means in this process
	Logger  *slog.Logger                    // nil discards
}

// The limits of a run that no setting changes.
const (
	MaxSource = 256 << 10 // bytes of code
	MaxInput  = 8 << 20   // bytes of arguments
	MaxResult = 1 << 20   // bytes of JSON that a function may return
	MaxStdout = 64 << 10  // bytes that are kept of what it prints
)

// The values of options that are not given.
const (
	DefaultTimeout = 10 * time.Second
	DefaultMemory  = 128 << 20
	DefaultIdle    = 5 * time.Minute
)

// MinMemory is the least memory in which the interpreter is of use.
const MinMemory = 64 << 20

// Runtime is where code runs.
type Runtime string

// The runtimes.
const (
	Sandbox Runtime = "sandbox" // WebAssembly in this process
	Command Runtime = "command" // processes of the operator's command
)

// Asked returns the runtime that the attributes of a File ask for. They are the user's own, so any other value asks for none.
func Asked(attributes json.Value) Runtime {
	var a struct {
		Runtime Runtime `json:"runtime"`
	}
	if json.Unmarshal(attributes, &a) != nil || a.Runtime != Sandbox && a.Runtime != Command {
		return ""
	}
	return a.Runtime
}

// Job is one run.
type Job struct {
	// Runtime is where the code runs. "" means where the Pool runs code by default.
	Runtime Runtime
	// Code is the source of the module.
	Code string
	// Entry is the name of the function to call. If the module does not define it, the last function at its top level is called.
	Entry string
	// Args is a JSON list of arguments by position, of which the function gets as many as it takes, or an object of arguments by keyword.
	Args json.Value
	// Env is os.environ of this run.
	Env map[string]string
	// Fetch makes the requests that the code asks for. Nil means that the run has no network.
	Fetch Fetch
	// Timeout is how long the run may take; 0 means that of the Pool.
	Timeout time.Duration
}

// Result is what is known after a run, failed or not.
type Result struct {
	Value  json.Value // what the function returned; absent after a failure
	Stdout string     // the start of what it printed, with a note if there was more; after a failure the traceback of the user's code follows
	Line   int        // of the code that failed; 0 if there is none
}

func (o *Options) complete() {
	if o.Workers < 1 {
		o.Workers = 1
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Memory <= 0 {
		o.Memory = DefaultMemory
	}
	o.Memory = max(o.Memory, MinMemory)
	if o.Idle <= 0 {
		o.Idle = DefaultIdle
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
}
