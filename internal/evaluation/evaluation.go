// Package evaluation is the domain of Evaluations: Runs of versions over Datasets, what Evaluators judged of their Logs, and the
// statistics of it.
package evaluation

import "time"

// Evaluation compares Runs by the same Evaluators. Times are UTC with microseconds.
type Evaluation struct {
	ID         string
	FileID     string      // the File that it is listed under; "" for none
	Name       string      // "" or unique among the Evaluations of the File
	Evaluators []Evaluator // in the order they were added
	RunsCount  int
	CreatedAt  time.Time
	UpdatedAt  time.Time
	CreatedBy  string // id of the API key
}

// Evaluator is a version of an Evaluator that judges every Log of an Evaluation. Of external and human Evaluators the judgments of all
// versions count: clients that judge by themselves name the newest version they know of, and with a failure none, and not the one that was
// deployed when the Evaluation was made.
type Evaluator struct {
	VersionID    string
	Orchestrated bool // the server runs it, where it can
	AddedAt      time.Time
}

// Run is the Logs of one version, one for each datapoint of a version of a Dataset, and what more was added by hand. It can be in several
// Evaluations; Control, AddedAt and Judged are of the one that it was read for.
type Run struct {
	ID               string
	VersionID        string // "" when Logs are added by hand
	DatasetVersionID string // likewise
	Orchestrated     bool   // the server makes the Logs
	Closed           Status // Completed or Cancelled when it was ended by hand, else ""
	Control          bool   // others are compared with it
	CreatedAt        time.Time
	AddedAt          time.Time
	CreatedBy        string // id of the API key

	Logs    int // that it has
	Missing int // datapoints without a Log
	Judged  int // pairs of a Log and an Evaluator that has judged it, abstained or failed
	Wanted  int // such pairs once all is judged
}

// Status is how far a Run has come.
type Status string

// The states, in the words of the API.
const (
	Pending   Status = "pending"
	Running   Status = "running"
	Completed Status = "completed"
	Cancelled Status = "cancelled"
)

// Status is that which the Run was closed with, or what follows from its Logs: it is pending until the first one comes, and completed
// once every datapoint has a Log that every Evaluator has dealt with. A Run without datapoints and Logs is complete at once.
func (r *Run) Status() Status {
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

// StatusOf is the status of an Evaluation with these Runs: completed when none is left to do, cancelled when all were, and pending when
// none has begun, or there are none.
func StatusOf(runs []Run) Status {
	count := map[Status]int{}
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
