package jobs

import (
	"cmp"
	"fmt"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store/logs"
)

// Task is a piece of work that was claimed.
type Task struct {
	Seq     int64
	Kind    Kind
	Subject int64 // of [MakeLog] the Run, of [JudgeLog] the Log
	Object  int64 // of [MakeLog] the place, of [JudgeLog] the version of the Evaluator
	// Revision tells tasks about the same thing apart: how often the place was emptied; the newest judgment of the Log by this version, 0 for none, or when
	// the Log was changed.
	Revision int64
	Run      int64 // that pays for it; 0 for monitoring
	Monitor  int64 // that asked for it; 0 for a Run
	Pool     string
	Lane     Lane
	Turn     int64 // its number within its Run

	Attempts int         // that failed
	Lost     int         // leases that ran out: who held it crashed, or was too slow
	Since    time.Time   // of the first failure; zero for none
	Reason   errs.Reason // of the last failure; "" for none
}

// Rider deletes the task with the commit of the Log that it asks for, if it [Task.Goes]: whoever holds it by then need not do it. A judgment is stored only
// while the task is there as it was claimed, since what a Log was before it changed is not judged any more; the error is conflict otherwise.
func (t *Task) Rider() *logs.Rider {
	r := &logs.Rider{Key: fmt.Sprintf("~%020d", t.Seq)} // after all others: who changes tasks locks rows of other tables first, and tasks in this order
	if t.Goes() {
		r.Statements = []logs.Statement{logs.Exec(`DELETE FROM task WHERE seq = $1 AND revision = $2`, t.Seq, t.Revision)}
	}
	if t.Kind == JudgeLog {
		r.Needs = []logs.Need{{
			Query: `SELECT seq FROM task WHERE seq = $1 AND revision = $2`, Args: []any{t.Seq, t.Revision}, Missing: errs.New(errs.Conflict, "The task was taken away."),
		}}
	}
	return r
}

// Goes reports whether the task goes with its Log. One of a monitor does not: it is counted when it is finished, with others, and who sees that nothing
// waits expects the count.
func (t *Task) Goes() bool { return t.Monitor == 0 }

// Kind is what a task is for. The numbers are stored.
type Kind int64

// The kinds of tasks.
const (
	MakeLog  Kind = 1 // of a place of a Run
	JudgeLog Kind = 2
)

// Lane orders tasks: all of a lower lane come first. The numbers are stored.
type Lane int64

// The lanes.
const (
	Gate       Lane = 0
	Run        Lane = 1
	Monitoring Lane = 2
)

// before orders tasks as they are claimed.
func before(a, b Task) int {
	return cmp.Or(cmp.Compare(a.Lane, b.Lane), cmp.Compare(a.Turn, b.Turn), cmp.Compare(a.Seq, b.Seq))
}
