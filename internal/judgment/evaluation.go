// Package judgment is the domain of Evaluations: Runs of versions over Datasets, the judgments of Evaluators on their Logs, and the
// statistics of these judgments.
package judgment

import "time"

// Evaluation compares Runs by the same Evaluators. Times are UTC with microseconds.
type Evaluation struct {
	ID            string
	FileID        string      // the File that it is listed under; "" for none
	Name          string      // "" or unique among the Evaluations of the File
	Evaluators    []Evaluator // in the order they were added
	RunsCount     int
	ReviewsPerLog int // different people who are to judge each Log by each human Evaluator; at least 1
	CreatedAt     time.Time
	UpdatedAt     time.Time
	CreatedBy     string // id of the API key
}

// Evaluator is a version of an Evaluator that judges every Log of an Evaluation. For external and human Evaluators, judgments of all
// versions count. Clients that judge by themselves name the newest version that they know (and none with a failure), not the one that was
// deployed when the Evaluation was made.
type Evaluator struct {
	VersionID    string
	Orchestrated bool // the server runs it, where it can
	AddedAt      time.Time
}

// Run is the Logs of one version: one for each datapoint of a version of a Dataset, and Logs added by hand. It can be in several
// Evaluations. Control, AddedAt and Judged belong to the Evaluation for which it was read.
type Run struct {
	ID               string
	VersionID        string   // "" when Logs are added by hand
	DatasetVersionID string   // likewise
	Orchestrated     bool     // the server makes the Logs
	Closed           Progress // Completed or Cancelled when it was ended by hand, else ""
	Control          bool     // others are compared with it
	CreatedAt        time.Time
	AddedAt          time.Time
	CreatedBy        string // id of the API key

	Gate      bool   // it comes before other Runs
	MaxCost   int64  // what it may cost before it is stopped, in dollars * 10^9; 0 for no limit
	MaxErrors *int   // how many of its Logs may fail before it is stopped; nil for no limit
	Cost      int64  // so far, in dollars * 10^9: what is known of it
	Stopped   string // the reason why the server makes no more Logs and judgments of it; "" while it does

	Logs    int // that it has
	Failed  int // of these
	Missing int // datapoints without a Log
	Judged  int // pairs of a Log and an Evaluator that has judged it, abstained or failed
	Wanted  int // such pairs once all is judged
	Waiting []Waiting
}

// Waiting is an Evaluator that the server does not run, and how many judgments of the Logs of a Run are missing of it: one of each Log, or where several
// people are to judge, one by each.
type Waiting struct {
	VersionID string // of the Evaluator
	Logs      int
}

// Progress is the progress of a Run.
type Progress string

// The states, as the API names them.
const (
	Pending   Progress = "pending"
	Running   Progress = "running"
	Completed Progress = "completed"
	Cancelled Progress = "cancelled"
)

// Status returns the status that the Run was closed with. For an open Run it follows from the Logs: pending until the first one, and
// completed once every datapoint has a Log that every Evaluator has dealt with. A Run without datapoints and Logs is complete at once.
func (r *Run) Status() Progress {
	switch {
	case r.Closed != "":
		return r.Closed
	case r.Missing == 0 && r.Judged >= r.Wanted:
		return Completed
	case r.Logs == 0:
		return Pending
	default:
		return Running
	}
}

// StatusOf returns the status of an Evaluation with these Runs: completed if all are finished, cancelled if all were cancelled, and pending
// if none has started or there are none.
func StatusOf(runs []Run) Progress {
	count := map[Progress]int{}
	for i := range runs {
		count[runs[i].Status()]++
	}
	switch {
	case count[Pending] == len(runs):
		return Pending
	case count[Running]+count[Pending] > 0:
		return Running
	case count[Cancelled] == len(runs):
		return Cancelled
	default:
		return Completed
	}
}
