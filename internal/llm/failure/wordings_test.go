package failure_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// wording is one way to say that a call failed, in the envelope and with the status that would come with it. Held wordings were not looked
// at while the grammar was made.
type wording struct {
	Meaning    string            `json:"meaning"`
	Vendor     string            `json:"vendor"`
	Status     int               `json:"status"`
	Event      *string           `json:"event"` // name of the stream event that holds it; "frame" means an AWS frame
	Headers    map[string]string `json:"headers"`
	Body       string            `json:"body"`
	Want       errs.Reason       `json:"want"`
	Message    string            `json:"message"`
	Param      string            `json:"param"`
	RetryAfter float64           `json:"retry_after"`
	Held       bool              `json:"held"`
}

// meanings lists what the wordings say or nearly say. A near miss belongs to the meaning that it misses.
var meanings = []struct{ id, what string }{
	{"G1", "money"},                                     // Fault G1: no money
	{"G2", "context overflow"},                          // Fault G2: the prompt is over the window, as local servers say it
	{"G3", "a long quota"},                              // Fault G3: a quota of a day, a week or a month
	{"G4", "the model is not for you or not here"},      // Fault G4: the model exists, but not for this caller or place
	{"G5", "a named thing is missing"},                  // Fault G5: a file, a response, a thread
	{"G6", "the key lacks a right"},                     // Fault G6: a scope, a role, a form that was not filled in
	{"G7", "the account is closed"},                     // Fault G7: banned, closed, archived
	{"G8", "a parameter is not supported"},              // Fault G8: with the parameter's name
	{"G9", "the model wrote what its protocol refuses"}, // Fault G9: an unusable tool call
	{"G10", "a relay nests the true failure"},           // Fault G10 and Fault B14: at any depth, as JSON, as text, as Python's repr
}

func wordings(tb testing.TB) []wording {
	tb.Helper()
	data, err := os.ReadFile("testdata/wordings.json")
	if err != nil {
		tb.Fatal(err)
	}
	var list []wording
	if err := json.Unmarshal(data, &list); err != nil {
		tb.Fatal(err)
	}
	return list
}

// say reports the failure as a driver would.
func (w wording) say() *errs.Error {
	call := failure.Call{Vendor: failure.VendorOf(w.Vendor), Model: "m"}
	h := http.Header{}
	for k, v := range w.Headers {
		h.Set(k, v)
	}
	switch {
	case w.Event == nil:
		return call.HTTP(w.Status, h, []byte(w.Body))
	case *w.Event == "frame":
		frame := map[string]string{":message-type": "exception", ":exception-type": "modelStreamErrorException"}
		return call.Frame(frame, h, []byte(w.Body))
	}
	return call.Event(*w.Event, h, []byte(w.Body))
}

// score counts the right results.
type score struct{ right, all int }

func (s *score) add(right bool) {
	s.all++
	if right {
		s.right++
	}
}

func (s score) String() string { return fmt.Sprintf("%d/%d", s.right, s.all) }

func TestWordings(t *testing.T) {
	list := wordings(t)
	var design, held score
	for _, m := range meanings {
		t.Run(m.id+" "+m.what, func(t *testing.T) {
			for _, w := range list {
				if w.Meaning != m.id {
					continue
				}
				e := w.say()
				right := e != nil && e.Reason == w.Want
				if w.Held {
					held.add(right)
				} else {
					design.add(right)
				}
				w.check(t, e)
			}
		})
	}
	t.Logf("right: %s while it was made, %s held out", design, held)
}

func (w wording) check(t *testing.T, e *errs.Error) {
	t.Helper()
	if e == nil {
		t.Errorf("%d %s: no error, want %s", w.Status, w.Body, w.Want)
		return
	}
	d := e.Detail("req", "")
	if d.Reason != w.Want || d.Message != w.Message || w.Param != "" && d.Param != w.Param || int(d.RetryAfter) < int(w.RetryAfter) {
		t.Errorf("held %v %d %s:\n got %s %q param %q after %v\nwant %s %q param %q after %v",
			w.Held, w.Status, w.Body, d.Reason, d.Message, d.Param, d.RetryAfter, w.Want, w.Message, w.Param, w.RetryAfter)
	}
}

// confusion counts, for each expected reason, the reasons that came out.
type confusion map[errs.Reason]map[errs.Reason]int

func (c confusion) add(want, got errs.Reason) {
	if c[want] == nil {
		c[want] = map[errs.Reason]int{}
	}
	c[want][got]++
}

// String writes a row for each reason: how many were right, and what the others were taken for.
func (c confusion) String() string {
	var rows []string
	for want, got := range c {
		wrong := ""
		for reason, n := range got {
			if reason != want {
				wrong += fmt.Sprintf(" %s:%d", reason, n)
			}
		}
		rows = append(rows, fmt.Sprintf("%-30s %4d%s", want, got[want], wrong))
	}
	slices.Sort(rows)
	return strings.Join(rows, "\n")
}

// TestConfusion states that every recorded failure and every wording gets its own reason and no other.
func TestConfusion(t *testing.T) {
	table := confusion{}
	for _, f := range corpus(t) {
		if e := f.replay(t); f.Expected.IsError && e != nil {
			table.add(errs.Reason(f.Expected.Reason), e.Reason)
		}
	}
	for _, w := range wordings(t) {
		var got errs.Reason = "none"
		if e := w.say(); e != nil {
			got = e.Reason
		}
		table.add(w.Want, got)
	}
	t.Logf("what was meant, how often it was read, and what else was read:\n%s", table)
	for want, got := range table {
		if len(got) > 1 || got[want] == 0 {
			t.Errorf("%s is read as %v", want, got)
		}
	}
}

// TestWordingsInStreams sends each failure that came with a 400 as an event of a stream that began with a 200.
func TestWordingsInStreams(t *testing.T) {
	for _, w := range wordings(t) {
		if w.Status != http.StatusBadRequest || w.Event != nil || w.Want == errs.InvalidRequest {
			continue
		}
		for _, name := range []string{"error", "message"} {
			e := failure.Call{Vendor: failure.VendorOf(w.Vendor)}.Event(name, nil, []byte(w.Body))
			if e == nil && !strings.Contains(w.Body, `"error"`) && name != "error" {
				continue // only the name of its event marks a flat envelope as a failure
			}
			if e == nil || e.Reason != w.Want || e.Message != w.Message {
				t.Errorf("event %s %s: got %v, want %s", name, w.Body, e, w.Want)
			}
		}
	}
}
