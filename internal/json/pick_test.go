package json_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/json"
)

func TestPick(t *testing.T) {
	got, err := json.Pick(json.Value(`{"c":[1.50],"a":{"b":2},"x":3}`), "a", "b", "c")
	if want := `{"a":{"b":2},"c":[1.50]}`; string(got) != want || err != nil {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if _, err := json.Pick(json.Value(`[1]`), "a"); err == nil {
		t.Error("a list has no members")
	}
}
