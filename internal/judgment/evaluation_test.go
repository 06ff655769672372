package judgment_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/judgment"
)

func TestStatusOfARun(t *testing.T) {
	for name, test := range map[string]struct {
		run  judgment.Run
		want judgment.Progress
	}{
		"no datapoints, no Logs":         {judgment.Run{}, judgment.Completed},
		"no Log yet":                     {judgment.Run{Missing: 3}, judgment.Pending},
		"some Logs":                      {judgment.Run{Logs: 1, Missing: 2}, judgment.Running},
		"all Logs, no judgment":          {judgment.Run{Logs: 3, Wanted: 6}, judgment.Running},
		"all Logs, some judgments":       {judgment.Run{Logs: 3, Wanted: 6, Judged: 5}, judgment.Running},
		"all Logs, all judgments":        {judgment.Run{Logs: 3, Wanted: 6, Judged: 6}, judgment.Completed},
		"all Logs, no Evaluators":        {judgment.Run{Logs: 3}, judgment.Completed},
		"closed before":                  {judgment.Run{Logs: 1, Missing: 2, Closed: judgment.Completed}, judgment.Completed},
		"cancelled":                      {judgment.Run{Missing: 2, Closed: judgment.Cancelled}, judgment.Cancelled},
		"cancelled, and all came in yet": {judgment.Run{Logs: 2, Closed: judgment.Cancelled}, judgment.Cancelled},
	} {
		if got := test.run.Status(); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestStatusOfAnEvaluation(t *testing.T) {
	pending, running := judgment.Run{Missing: 1}, judgment.Run{Missing: 1, Logs: 1}
	completed, cancelled := judgment.Run{}, judgment.Run{Closed: judgment.Cancelled}
	for name, test := range map[string]struct {
		runs []judgment.Run
		want judgment.Progress
	}{
		"no Runs":                 {nil, judgment.Pending},
		"none has begun":          {[]judgment.Run{pending, pending}, judgment.Pending},
		"one is done, one waits":  {[]judgment.Run{completed, pending}, judgment.Running},
		"one is done, one runs":   {[]judgment.Run{running, completed}, judgment.Running},
		"all are done":            {[]judgment.Run{completed, completed}, judgment.Completed},
		"one was given up":        {[]judgment.Run{completed, cancelled}, judgment.Completed},
		"all were given up":       {[]judgment.Run{cancelled, cancelled}, judgment.Cancelled},
		"one given up, one waits": {[]judgment.Run{cancelled, pending}, judgment.Running},
	} {
		if got := judgment.StatusOf(test.runs); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}
