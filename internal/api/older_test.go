package api_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
)

// older are facts about what all releases of the official SDKs send and read, as testdata/older-clients.json records them.
type older struct {
	Operations []struct {
		Operation string `json:"operation"`  // "GET /prompts/{}"
		NotServed string `json:"not_served"` // why; "" when it is to be served
	} `json:"operations"`
	Members []struct {
		Operation string `json:"operation"`
		In        string `json:"in"` // "query" or "body"
		Name      string `json:"name"`
	} `json:"members"`
	Answers []struct {
		Schema string `json:"schema"`
		Member string `json:"member"`
	} `json:"answers"`
}

func readOlder(t *testing.T) *older {
	t.Helper()
	raw, err := os.ReadFile("testdata/older-clients.json")
	if err != nil {
		t.Fatal(err)
	}
	o := new(older)
	if err := json.Unmarshal(raw, o); err != nil {
		t.Fatal(err)
	}
	return o
}

// takes are what the operations of d take, as "GET /logs query version_status", with {} for each wildcard.
func (d *document) takes() map[string]bool {
	out := map[string]bool{}
	for path, methods := range d.Paths {
		for method, o := range methods {
			name := strings.ToUpper(method) + " " + wildcard.ReplaceAllString(strings.TrimPrefix(path, "/v5"), "{}")
			out[name] = true
			for _, p := range o.Parameters {
				out[name+" "+p.In+" "+p.Name] = true
			}
			for _, body := range o.RequestBody.Content {
				schema := body.Schema
				if _, ref, ok := strings.Cut(schema.Ref, "schemas/"); ok {
					schema = d.Components.Schemas[ref]
				}
				for member := range schema.Properties {
					out[name+" body "+member] = true
				}
			}
		}
	}
	return out
}

// Fault F2: TestOperationsOfAllReleases holds what is served to what any release of the official SDKs calls.
func TestOperationsOfAllReleases(t *testing.T) {
	doc, _ := readDocument(t)
	takes := doc.takes()
	var missing, told []string
	for _, o := range readOlder(t).Operations {
		switch {
		case takes[o.Operation] && o.NotServed != "":
			told = append(told, o.Operation)
		case !takes[o.Operation] && o.NotServed == "":
			missing = append(missing, o.Operation)
		}
	}
	if d := cmp.Diff([]string(nil), missing); d != "" {
		t.Errorf("not served (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string(nil), told); d != "" {
		t.Errorf("served, though it is said not to be (-want +got):\n%s", d)
	}
}

// Fault F2: TestMembersOfAllReleases finds each member that older releases send in the description of its operation.
func TestMembersOfAllReleases(t *testing.T) {
	doc, _ := readDocument(t)
	takes := doc.takes()
	var missing []string
	for _, m := range readOlder(t).Members {
		if name := m.Operation + " " + m.In + " " + m.Name; !takes[name] {
			missing = append(missing, name)
		}
	}
	if d := cmp.Diff([]string(nil), missing); d != "" {
		t.Errorf("not taken (-want +got):\n%s", d)
	}
}

// Fault F2: TestAnswersToAllReleases finds each member that the models of older releases require among those that are always there.
func TestAnswersToAllReleases(t *testing.T) {
	d, _ := readDocument(t)
	for _, a := range readOlder(t).Answers {
		if required := strings.Join(d.Components.Schemas[a.Schema].Required, " "); !strings.Contains(" "+required+" ", " "+a.Member+" ") {
			t.Errorf("%s requires %s, and not %s", a.Schema, required, a.Member)
		}
	}
}
