// Package gate decides whether a version may be deployed: an environment of a File can have a gate, which is open for versions that a Run
// has shown to be good enough.
package gate

import (
	"strconv"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// Gate says what a version must have passed. It is stored as JSON.
type Gate struct {
	DatasetID  string      `json:"dataset_id"`
	Evaluators []Criterion `json:"evaluators"`
	MinLogs    int         `json:"min_logs"`
	MaxErrors  float64     `json:"max_errors"` // share of the Logs, and of each Evaluator's judgments, that may have failed or be missing
	MaxAge     string      `json:"max_age"`    // of the Run, as "30d" or "12h"
	Mode       Mode        `json:"mode"`
}

// Criterion says how one Evaluator must have judged.
type Criterion struct {
	EvaluatorID  string   `json:"evaluator_id"`
	Threshold    *float64 `json:"threshold,omitzero"`     // for the mean: at least, or where lower is better at most; nil for none
	Strict       bool     `json:"strict,omitzero"`        // the threshold is for the worse end of the mean's interval
	NoRegression bool     `json:"no_regression,omitzero"` // not significantly worse than the version that is deployed
}

// Mode says what a closed gate does.
type Mode string

// The modes, as the API names them.
const (
	Block Mode = "block" // refuse the deployment
	Warn  Mode = "warn"  // tell of it
)

// The defaults of a gate.
const (
	DefaultMinLogs   = 20
	DefaultMaxErrors = 0.05
	DefaultMaxAge    = "30d"
)

const (
	day     = 24 * time.Hour
	longest = 10 * 365 * day
)

// ageOf reads a time as "30d" or "12h".
func ageOf(text string) (time.Duration, error) {
	invalid := errs.Invalid("must be a time as 30d or 12h, from a minute to ten years", "max_age")
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil || n == 0 || time.Duration(n)*day > longest {
			return 0, invalid
		}
		return time.Duration(n) * day, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Minute || d > longest {
		return 0, invalid
	}
	return d, nil
}

// Status says whether a version may pass.
type Status string

// The states, as the API names them.
const (
	Open    Status = "open"
	Closed  Status = "closed"
	Running Status = "running" // closed, and a Run is in progress that may open it
)

// State is a gate as a version finds it.
type State struct {
	Gate                Gate
	Status              Status
	VersionID           string
	EvaluationID, RunID string  // of the Run that was looked at, or is in progress; "" for none
	Checks              []Check // what was looked at, in the order of the gate; nothing of the version that is deployed
	ForcedBy            string  // id of the API key that deployed the version though the gate was closed; "" if it was not, or is not deployed
}

// Check is one thing that was looked at.
type Check struct {
	Name      string // "run", "logs", "errors", "judged", "threshold", "no_regression", "evaluator" or "dataset"
	Evaluator string // path of the Evaluator that it is about; "" for none
	Wanted    string
	Found     string
	Passed    bool
	RunID     string // that was looked at; "" for none
}

func passed(checks []Check) bool {
	for i := range checks {
		if !checks[i].Passed {
			return false
		}
	}
	return true
}
