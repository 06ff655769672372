package evaluation_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/evaluation"
)

func TestStatusOfARun(t *testing.T) {
	for name, test := range map[string]struct {
		run  evaluation.Run
		want evaluation.Status
	}{
		"no datapoints, no Logs":         {evaluation.Run{}, evaluation.Completed},
		"no Log yet":                     {evaluation.Run{Missing: 3}, evaluation.Pending},
		"some Logs":                      {evaluation.Run{Logs: 1, Missing: 2}, evaluation.Running},
		"all Logs, no judgment":          {evaluation.Run{Logs: 3, Wanted: 6}, evaluation.Running},
		"all Logs, some judgments":       {evaluation.Run{Logs: 3, Wanted: 6, Judged: 5}, evaluation.Running},
		"all Logs, all judgments":        {evaluation.Run{Logs: 3, Wanted: 6, Judged: 6}, evaluation.Completed},
		"all Logs, no Evaluators":        {evaluation.Run{Logs: 3}, evaluation.Completed},
		"closed before":                  {evaluation.Run{Logs: 1, Missing: 2, Closed: evaluation.Completed}, evaluation.Completed},
		"cancelled":                      {evaluation.Run{Missing: 2, Closed: evaluation.Cancelled}, evaluation.Cancelled},
		"cancelled, and all came in yet": {evaluation.Run{Logs: 2, Closed: evaluation.Cancelled}, evaluation.Cancelled},
	} {
		if got := test.run.Status(); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestStatusOfAnEvaluation(t *testing.T) {
	pending, running := evaluation.Run{Missing: 1}, evaluation.Run{Missing: 1, Logs: 1}
	completed, cancelled := evaluation.Run{}, evaluation.Run{Closed: evaluation.Cancelled}
	for name, test := range map[string]struct {
		runs []evaluation.Run
		want evaluation.Status
	}{
		"no Runs":                 {nil, evaluation.Pending},
		"none has begun":          {[]evaluation.Run{pending, pending}, evaluation.Pending},
		"one is done, one waits":  {[]evaluation.Run{completed, pending}, evaluation.Running},
		"one is done, one runs":   {[]evaluation.Run{running, completed}, evaluation.Running},
		"all are done":            {[]evaluation.Run{completed, completed}, evaluation.Completed},
		"one was given up":        {[]evaluation.Run{completed, cancelled}, evaluation.Completed},
		"all were given up":       {[]evaluation.Run{cancelled, cancelled}, evaluation.Cancelled},
		"one given up, one waits": {[]evaluation.Run{cancelled, pending}, evaluation.Running},
	} {
		if got := evaluation.StatusOf(test.runs); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}
