package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
)

var spans = map[string]func(*testing.T, *harness){
	"Spans come depth first":                   spansInOrder,
	"Spans come in parts":                      spansInParts,
	"Spans have no payload":                    spansWithoutPayload,
	"Spans of a Log in no trace":               spansOfOne,
	"Spans say what does not exist":            spansRefuse,
	"Spans of a trace whose root is not there": spansWithoutRoot,
}

// drawn is a part of a trace in lines: the depth as indentation, and the id.
func drawn(s store.Spans) string {
	var b strings.Builder
	for i, l := range s.Logs {
		fmt.Fprintln(&b, strings.Repeat(" ", s.Depths[i])+l.ID)
	}
	fmt.Fprint(&b, s.Total, " ", s.More)
	return b.String()
}

// family is a Flow with Logs below it: they are stored in another order than they began.
func (h *harness) family(t *testing.T) {
	t.Helper()
	h.flow(t, "root")
	h.append(t, h.below(t, "late", "root", 9, 10))
	h.append(t, h.below(t, "early", "root", 4, 8))
	h.append(t, h.below(t, "inner2", "early", 6, 7))
	h.append(t, h.below(t, "inner1", "early", 5, 6))
	h.append(t, h.below(t, "deep", "inner1", 5, 5))
}

func spansInOrder(t *testing.T, h *harness) {
	h.family(t)
	for _, from := range []string{"root", "deep"} {
		got, err := h.Spans(t.Context(), from, "", 100)
		must(t, err)
		if d := cmp.Diff("root\n early\n  inner1\n   deep\n  inner2\n late\n6 false", drawn(got)); d != "" {
			t.Errorf("from %s (-want +got):\n%s", from, d)
		}
	}
}

func spansInParts(t *testing.T, h *harness) {
	h.family(t)
	for after, want := range map[string]string{
		"": "root\n early\n6 true", "early": "  inner1\n   deep\n6 true", "deep": "  inner2\n late\n6 false", "late": "6 false",
	} {
		got, err := h.Spans(t.Context(), "root", after, 2)
		must(t, err)
		if d := cmp.Diff(want, drawn(got)); d != "" {
			t.Errorf("after %q (-want +got):\n%s", after, d)
		}
	}
}

func spansWithoutPayload(t *testing.T, h *harness) {
	h.flow(t, "root")
	want := h.below(t, "a", "root", 4, 5)
	want.Payload.Inputs, want.Model, want.RequestID = json.Value(`{"a":1}`), "m", "req_1"
	h.append(t, want)
	got, err := h.Spans(t.Context(), "root", "root", 10)
	must(t, err)
	want.Payload.Inputs = nil
	if d := cmp.Diff(want, got.Logs[0]); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func spansOfOne(t *testing.T, h *harness) {
	h.append(t, h.below(t, "a", "", 4, 5))
	got, err := h.Spans(t.Context(), "a", "", 10)
	must(t, err)
	if d := cmp.Diff("a\n1 false", drawn(got)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func spansRefuse(t *testing.T, h *harness) {
	h.family(t)
	if _, err := h.Spans(t.Context(), "nobody", "", 10); !errs.Is(err, errs.LogNotFound) {
		t.Errorf("the error is %v", err)
	}
	if _, err := h.Spans(t.Context(), "root", "nobody", 10); !errs.Is(err, errs.ValidationFailed) || errs.From(err).Param != "cursor" {
		t.Errorf("the error is %v", err)
	}
}

func spansWithoutRoot(t *testing.T, h *harness) {
	a := h.below(t, "a", "missing", 4, 5)
	a.TraceID = "missing"
	h.append(t, a)
	b := h.below(t, "b", "a", 5, 5)
	b.TraceID = "missing"
	h.append(t, b)
	got, err := h.Spans(t.Context(), "a", "", 10)
	must(t, err)
	if d := cmp.Diff("a\n b\n2 false", drawn(got)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
