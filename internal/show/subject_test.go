package show

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/trace"
)

// TestEvaluatorsGetEveryMemberOfALog compares what they get of an empty Log with the members of the wire type.
func TestEvaluatorsGetEveryMemberOfALog(t *testing.T) {
	raw, err := new(logView).subject(&trace.Log{Kind: file.PromptKind}, 0)
	if err != nil {
		t.Fatal(err)
	}
	got, want := json.Names(raw), members(reflect.TypeFor[v5.Log]())
	slices.Sort(got)
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func members(of reflect.Type) []string {
	var names []string
	for f := range of.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous {
			names = append(names, members(f.Type)...)
			continue
		}
		names = append(names, name)
	}
	return names
}
