package openai

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Fault B1: which call a piece belongs to is found out, whatever of index, id and name its vendor repeats, changes or leaves out.
func TestPiecesOfCalls(t *testing.T) {
	const weather, now = `{"city":"Bern"}`, `{"zone":"CET"}`
	for _, c := range []struct {
		name   string
		pieces string // of one chunk each
		want   [][3]string
	}{
		{"one call", `{"index":0,"id":"a","function":{"name":"f","arguments":""}} {"index":0,"function":{"arguments":"{\"city\":"}} {"index":0,"function":{"arguments":"\"Bern\"}"}}`, [][3]string{{"a", "f", weather}}},
		{"changing ids", `{"index":0,"id":"a","function":{"name":"f","arguments":""}} {"index":0,"id":"b","function":{"arguments":"{\"city\":"}} {"index":0,"id":"c","function":{"name":null,"arguments":"\"Bern\"}"}}`, [][3]string{{"a", "f", weather}}},
		{"changing ids, the name repeated", `{"index":0,"id":"a","function":{"name":"f","arguments":""}} {"index":0,"id":"b","function":{"name":"f","arguments":"{\"city\":"}} {"index":0,"id":"c","function":{"name":"f","arguments":"\"Bern\"}"}} {"index":0,"id":"d","function":{"name":"f","arguments":""}}`, [][3]string{{"a", "f", weather}}},
		{"changing ids of two calls in turns", `{"index":0,"id":"a","function":{"name":"f","arguments":""}} {"index":1,"id":"b","function":{"name":"g","arguments":""}} {"index":0,"id":"c","function":{"arguments":"{\"city\":"}} {"index":1,"id":"d","function":{"arguments":"{\"zone\":"}} {"index":0,"id":"e","function":{"arguments":"\"Bern\"}"}} {"index":1,"id":"f","function":{"arguments":"\"CET\"}"}}`, [][3]string{{"a", "f", weather}, {"b", "g", now}}},
		{"changing ids, no index", `{"id":"a","function":{"name":"f","arguments":""}} {"id":"b","function":{"arguments":"{\"city\":"}} {"id":"c","function":{"arguments":"\"Bern\"}"}} {"id":"d","function":{"name":"g","arguments":"{\"zone\":"}} {"id":"e","function":{"arguments":"\"CET\"}"}}`, [][3]string{{"a", "f", weather}, {"d", "g", now}}},
		{"changing ids, no index, the name repeated", `{"id":"a","function":{"name":"f","arguments":""}} {"id":"b","function":{"name":"f","arguments":"{\"city\":"}} {"id":"c","function":{"name":"f","arguments":"\"Bern\"}"}} {"id":"d","function":{"name":"g","arguments":"{}"}}`, [][3]string{{"a", "f", weather}, {"d", "g", "{}"}}},
		{"all numbered 0, each whole", `{"index":0,"id":"a","function":{"name":"f","arguments":"{\"city\":\"Bern\"}"}} {"index":0,"id":"b","function":{"name":"f","arguments":"{\"zone\":\"CET\"}"}}`, [][3]string{{"a", "f", weather}, {"b", "f", now}}},
		{"all numbered 0, without ids", `{"index":0,"function":{"name":"f","arguments":"{\"city\":\"Bern\"}"}} {"index":0,"function":{"name":"f","arguments":"{\"zone\":\"CET\"}"}} {"index":0,"function":{"name":"g","arguments":"{}"}}`, [][3]string{{"", "f", weather}, {"", "f", now}, {"", "g", "{}"}}},
		{"all numbered 0, in pieces", `{"index":0,"id":"a","function":{"name":"f","arguments":""}} {"index":0,"function":{"arguments":"{\"city\":\"Bern\"}"}} {"index":0,"id":"b","function":{"name":"g","arguments":""}} {"index":0,"function":{"arguments":"{\"zone\":\"CET\"}"}}`, [][3]string{{"a", "f", weather}, {"b", "g", now}}},
		{"all numbered 0, the same function", `{"index":0,"id":"a","function":{"name":"f","arguments":""}} {"index":0,"id":"a","function":{"arguments":"{\"city\":\"Bern\"}"}} {"index":0,"id":"b","function":{"name":"f","arguments":""}} {"index":0,"id":"b","function":{"arguments":"{\"zone\":"}} {"index":0,"id":"b","function":{"arguments":"\"CET\"}"}}`, [][3]string{{"a", "f", weather}, {"b", "f", now}}},
		{"neither index nor id", `{"function":{"name":"f","arguments":"{\"city\":\"Bern\"}"}} {"function":{"name":"g","arguments":"{\"zone\":\"CET\"}"}}`, [][3]string{{"", "f", weather}, {"", "g", now}}},
		{"no arguments, no index", `{"id":"a","function":{"name":"f"}} {"id":"b","function":{"name":"g","arguments":null}}`, [][3]string{{"a", "f", ""}, {"b", "g", ""}}},
		{"the id later", `{"index":0,"function":{"name":"f","arguments":"{\"city\":"}} {"index":0,"id":"a","function":{"arguments":"\"Bern\"}"}}`, [][3]string{{"a", "f", weather}}},
		{"the name later", `{"index":0,"id":"a"} {"index":0,"function":{"name":"f","arguments":"{}"}}`, [][3]string{{"a", "f", "{}"}}},
		{"one id, changing index", `{"index":0,"id":"a","function":{"name":"f","arguments":""}} {"index":1,"id":"a","function":{"arguments":"{\"city\":"}} {"index":2,"id":"a","function":{"arguments":"\"Bern\"}"}}`, [][3]string{{"a", "f", weather}}},
		{"the same id twice", `{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}} {"index":1,"id":"a","function":{"name":"g","arguments":"{}"}}`, [][3]string{{"a", "f", "{}"}, {"a", "g", "{}"}}},
		{"whole, and once more", `{"index":0,"id":"a","function":{"name":"f","arguments":"{\"city\":"}} {"index":0,"id":"a","function":{"arguments":"\"Bern\"}"}} {"index":0,"id":"a","function":{"name":"f","arguments":"{\"city\":\"Bern\"}"}}`, [][3]string{{"a", "f", weather}}},
		{"an index that is none", `{"index":"x","id":"a","function":{"name":"f","arguments":{"city":"Bern"}}} {"index":null,"id":"b","function":null}`, [][3]string{{"a", "f", weather}}},
		{"index from the second piece on", `{"id":"a","function":{"name":"f","arguments":""}} {"index":0,"function":{"arguments":"{\"city\":\"Bern\"}"}}`, [][3]string{{"a", "f", weather}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var fold llm.Fold
			var d calls
			for _, p := range pieces(t, c.pieces) {
				if delta, ok := d.delta(&p); ok {
					fold.Add(&llm.Event{ToolCall: &delta})
				}
			}
			var got [][3]string
			for _, call := range fold.Response().Message.ToolCalls {
				got = append(got, [3]string{call.ID, call.Function.Name, call.Function.Arguments})
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// pieces reads objects that stand one behind the other.
func pieces(t *testing.T, text string) (out []chatCall) {
	t.Helper()
	if err := json.UnmarshalPiece([]byte("["+strings.ReplaceAll(text, "} {", "},{")+"]"), &out); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return out
}
