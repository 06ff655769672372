package evalrun

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/filesync"
)

// State is how far a Run has come.
type State struct {
	ID       string `json:"id"`
	Status   string `json:"status"` // pending, running, completed or cancelled
	Progress struct {
		Logs       int      `json:"logs"`
		Missing    int      `json:"missing"`
		Failed     int      `json:"failed"`
		Judged     int      `json:"judged"`
		Wanted     int      `json:"wanted"`
		WaitingFor []string `json:"waiting_for"`
		Cost       float64  `json:"cost"`
		Stopped    string   `json:"stopped"` // why the server ended it early
	} `json:"progress"`
}

// done reports whether the Run has ended.
func (s *State) done() bool { return s.Status == "completed" || s.Status == "cancelled" }

// String tells the progress in one line.
func (s *State) String() string {
	p := &s.Progress
	parts := []string{s.Status}
	if p.Logs+p.Missing > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d Logs", p.Logs, p.Logs+p.Missing))
	}
	if p.Failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", p.Failed))
	}
	if p.Wanted > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d judgments", p.Judged, p.Wanted))
	}
	if p.Cost > 0 {
		parts = append(parts, fmt.Sprintf("$%.2f", p.Cost))
	}
	if len(p.WaitingFor) > 0 && !s.done() {
		parts = append(parts, "waiting for "+strings.Join(p.WaitingFor, ", "))
	}
	if p.Stopped != "" {
		parts = append(parts, "stopped: "+p.Stopped)
	}
	return "Run " + s.ID + " " + strings.Join(parts, " · ")
}

// Times between two looks at a Run: short for one that is soon done.
const (
	firstLook = 200 * time.Millisecond
	lastLook  = 5 * time.Second
)

// Watch waits until Runs have ended, and tells of the first whenever it looks. An outage of the server is waited out for a minute.
func (s *Server) Watch(ctx context.Context, evaluationID string, runIDs []string, tell func(State)) (map[string]State, error) {
	pause, lastAnswer := firstLook, s.Now()
	for {
		states, err := s.states(ctx, evaluationID, runIDs)
		switch {
		case err == nil:
			lastAnswer = s.Now()
			tell(states[runIDs[0]])
			if !slices.ContainsFunc(runIDs, func(id string) bool { s := states[id]; return !s.done() }) {
				return states, nil
			}
		case filesync.ReasonOf(err) != "" && !temporary(err), ctx.Err() != nil, s.Now().Sub(lastAnswer) > time.Minute:
			return states, err
		}
		if err := s.Wait(ctx, pause); err != nil {
			return states, err
		}
		pause = min(pause*3/2, lastLook)
	}
}

// temporary reports whether the server may answer soon.
func temporary(err error) bool { return filesync.ReasonOf(err).Retryable() }

func (s *Server) states(ctx context.Context, evaluationID string, runIDs []string) (map[string]State, error) {
	var got struct {
		Runs []State `json:"runs"`
	}
	if err := s.Client.Do(ctx, "GET", "/evaluations/"+url.PathEscape(evaluationID)+"/runs", nil, nil, &got); err != nil {
		return nil, err
	}
	states := map[string]State{}
	for _, r := range got.Runs {
		if slices.Contains(runIDs, r.ID) {
			states[r.ID] = r
		}
	}
	for _, id := range runIDs {
		if _, ok := states[id]; !ok {
			return nil, errs.New(errs.RunNotFound, "The Run `%s` was removed from the Evaluation.", id)
		}
	}
	return states, nil
}

// NewestRun returns the newest Run of an Evaluation.
func (s *Server) NewestRun(ctx context.Context, evaluationID string) (id string, err error) {
	var got struct {
		Runs []State `json:"runs"`
	}
	if err := s.Client.Do(ctx, "GET", "/evaluations/"+url.PathEscape(evaluationID)+"/runs", nil, nil, &got); err != nil {
		return "", err
	}
	if len(got.Runs) == 0 {
		return "", fmt.Errorf("the Evaluation %s has no Runs", evaluationID)
	}
	return got.Runs[0].ID, nil
}
