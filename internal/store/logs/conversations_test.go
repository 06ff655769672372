package logs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
)

// asking is the Log of a call of a client that leads a conversation.
func asking(who, conversation string, said ...string) *trace.Log {
	l := &trace.Log{Ingress: "test", CreatedBy: who, Conversation: conversation}
	for i, text := range said {
		role := llm.User
		if i == 0 {
			role = llm.System
		}
		l.Payload.Messages = append(l.Payload.Messages, llm.Message{Role: role, Content: llm.Text(text)})
	}
	return l
}

// TestPartsOf states what is stored as changes, and to what.
func TestPartsOf(t *testing.T) {
	long := func(n int) string {
		var b strings.Builder
		for i := range 100 {
			fmt.Fprintf(&b, "Line %d of text %d, which is not the same as another. ", i, n)
		}
		return b.String()
	}
	for name, tt := range map[string]struct {
		before, now *trace.Log
		want        string
	}{
		"it goes on":                 {asking("k", "c", long(1), "hi"), asking("k", "c", long(1), "hi", "there"), "changes"},
		"the same again":             {asking("k", "c", long(1), "hi"), asking("k", "c", long(1), "hi"), "changes"},
		"another key":                {asking("k", "c", long(1), "hi"), asking("l", "c", long(1), "hi", "there"), "whole"},
		"another conversation":       {asking("k", "c", long(1), "hi"), asking("k", "d", long(1), "hi", "there"), "whole"},
		"another beginning":          {asking("k", "c", long(1), "hi"), asking("k", "c", long(1), "ho", "there"), "whole"},
		"a name that nobody gave":    {asking("k", "", long(1), "hi"), asking("k", "", long(1), "hi", "there"), "changes"},
		"it goes back a little":      {asking("k", "c", long(1), "hi", "there"), asking("k", "c", long(1), "hi"), "changes"},
		"it goes back by much":       {asking("k", "c", long(1), "hi", long(2)), asking("k", "c", long(1), "hi"), "whole"},
		"it grows to more than that": {asking("k", "c", long(1), "hi"), asking("k", "c", long(1), "hi", long(2), long(3)), "whole"},
		"little was asked":           {asking("k", "c", "s", "hi"), asking("k", "c", "s", "hi", "there"), "none"},
		"a call of ours":             {asking("k", "c", long(1), "hi"), &trace.Log{Payload: asking("k", "c", long(1), "hi").Payload}, "none"},
	} {
		r := newRecent()
		if p := r.partOf(tt.before); p != nil {
			p.seq.Store(1)
			r.keep(p)
		}
		p, got := r.partOf(tt.now), "none"
		if p != nil {
			got = "whole"
			if _, base := p.data(func(int64) bool { return true }); base == 1 {
				got = "changes"
			}
			if _, base := p.data(func(int64) bool { return false }); base != 0 {
				t.Errorf("%s: it is changes to what was deleted", name)
			}
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestPartsAreRememberedWithinBounds(t *testing.T) {
	r := newRecent()
	text := strings.Repeat("x", 1<<20)
	for i := range 200 {
		p := r.partOf(asking("k", fmt.Sprint(i), text, "hi"))
		r.keep(p)
		r.keep(p) // again
	}
	if r.size > maxRemembers || r.order.Len() != len(r.byKey) || r.order.Len() < 40 {
		t.Errorf("%d parts of %d bytes are remembered", r.order.Len(), r.size)
	}
	if r.partOf(asking("k", "199", text, "hi")).base == nil || r.partOf(asking("k", "0", text, "hi")).base != nil {
		t.Error("not the last ones are remembered")
	}
}

func TestChainsAreBounded(t *testing.T) {
	r, whole := newRecent(), 0
	for range 100 {
		p := r.partOf(asking("k", "c", strings.Repeat("x", 10_000), "hi"))
		if p.base == nil {
			whole++
		}
		r.keep(p)
	}
	if want := 4; whole != want {
		t.Errorf("%d of 100 parts are whole, want %d", whole, want)
	}
}
