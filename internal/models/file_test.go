package models_test

import (
	"errors"
	"iter"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/vendor"
)

const base = `{"source":"base","models":{"openai":{
	"a":{"name":"A","price":{"input":1,"cached_input":0.5,"output":2},"context_window":1000,"max_output":100,"inputs":["text"],"tools":true},
	"b":{"name":"B","reasoning":true,"retired":"2026-01-31"}}}}`

func collect(seq iter.Seq[*models.Model]) []models.Model {
	var list []models.Model
	for m := range seq {
		list = append(list, *m)
	}
	return list
}

func modelA() models.Model {
	return models.Model{
		Provider: "openai", ID: "a", Name: "A", Kind: models.Chat,
		Price:         &models.Price{Rates: models.Rates{Input: 1, CachedInput: 0.5, CacheWrite: 1, Output: 2}},
		ContextWindow: 1000, MaxOutput: 100, Inputs: []string{"text"}, Tools: new(true),
	}
}

func modelB() models.Model {
	return models.Model{Provider: "openai", ID: "b", Name: "B", Kind: models.Chat, Reasoning: true, Retired: "2026-01-31"}
}

func TestOverrides(t *testing.T) {
	free := &models.Price{}
	cases := []struct {
		name, file string
		want       func(a, b models.Model) []models.Model
	}{
		{"an empty file changes nothing", `{}`, func(a, b models.Model) []models.Model { return []models.Model{a, b} }},
		{"a price replaces the whole price", `{"models":{"openai":{"a":{"price":{"input":3,"output":4}}}}}`, func(a, b models.Model) []models.Model {
			a.Price = &models.Price{Rates: models.Rates{Input: 3, CachedInput: 3, CacheWrite: 3, Output: 4}}
			return []models.Model{a, b}
		}},
		{"null makes a price unknown", `{"models":{"openai":{"a":{"price":null}}}}`, func(a, b models.Model) []models.Model {
			a.Price = nil
			return []models.Model{a, b}
		}},
		{"members that are given replace, the others stay", `{"models":{"openai":{"b":{"name":"Bee","kind":"completion","context_window":5,"max_output":4,"inputs":["text","image"],"reasoning":false,"tools":false,"json_schema":true,"retired":"2027-02-03"}}}}`,
			func(a, _ models.Model) []models.Model {
				return []models.Model{a, {
					Provider: "openai", ID: "b", Name: "Bee", Kind: models.Completion, ContextWindow: 5, MaxOutput: 4,
					Inputs: []string{"text", "image"}, Tools: new(false), JSONSchema: new(true), Retired: "2027-02-03",
				}}
			}},
		{"a new model", `{"models":{"vllm":{"mine":{"price":{"input":0,"output":0}}}}}`, func(a, b models.Model) []models.Model {
			return []models.Model{a, b, {Provider: "vllm", ID: "mine", Kind: models.Chat, Price: free}}
		}},
		{"same_as starts from another model", `{"models":{"openai_azure":{"prod":{"same_as":"openai/a","max_output":7}}}}`, func(a, b models.Model) []models.Model {
			c := a
			c.Provider, c.ID, c.MaxOutput = "openai_azure", "prod", 7
			return []models.Model{a, b, c}
		}},
		{"same_as sees the file's own models", `{"models":{"openai":{"a":{"same_as":"vllm/z"}},"vllm":{"z":{"name":"Z"}}}}`, func(_, b models.Model) []models.Model {
			z := models.Model{Provider: "vllm", ID: "z", Name: "Z", Kind: models.Chat}
			copied := z
			copied.Provider, copied.ID = "openai", "a"
			return []models.Model{copied, b, z}
		}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			before := parse(t, base)
			after, err := before.WithOverrides(strings.NewReader(tc.file))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want(modelA(), modelB()), collect(after.All())); d != "" {
				t.Errorf("overridden (-want +got):\n%s", d)
			}
			if d := cmp.Diff([]models.Model{modelA(), modelB()}, collect(before.All())); d != "" {
				t.Errorf("the catalogue itself changed (-want +got):\n%s", d)
			}
		})
	}
}

func TestOverrideWinsOverEmbedded(t *testing.T) {
	c, err := embedded(t).WithOverrides(strings.NewReader(`{"models":{"openai":{"gpt-4o":{"price":{"input":2,"output":8}}},"ollama":{"*":{"price":{"input":0,"output":0}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := &models.Price{Rates: models.Rates{Input: 2, CachedInput: 2, CacheWrite: 2, Output: 8}}
	if m, _ := c.Lookup("openai", "gpt-4o"); !cmp.Equal(want, m.Price) {
		t.Errorf("price of gpt-4o is %+v, want %+v", m.Price, want)
	}
	if m, ok := c.Lookup("ollama", "anything"); !ok || !cmp.Equal(&models.Price{}, m.Price) {
		t.Errorf("ollama/anything: got %+v, %v; want the entry for any model", m, ok)
	}
}

func TestSource(t *testing.T) {
	c := parse(t, base)
	same, err := c.WithOverrides(strings.NewReader(`{"models":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	if c.Source() != "base" || same.Source() != "base" {
		t.Errorf("Source() = %q, %q; want base twice", c.Source(), same.Source())
	}
}

func TestOverrideMistakes(t *testing.T) {
	cases := []struct{ name, file, want string }{
		{"not JSON", "{\n  \"models\": {,}", "line 2, column 14, /models: invalid character ',' at start of string (expecting '\"')"},
		{"ends early", `{"models":{`, "line 1, column 12, /models: the text ends too early"},
		{"empty", "", "line 1, column 1: the text ends too early"},
		{"not an object", `[]`, "line 1, column 1: the value has the wrong type"},
		{"wrong type", "{\"models\":\n{\"openai\":{\"a\":{\"price\":{\"input\":\"3\"}}}}}", "line 2, column 34, /models/openai/a/price/input: the value has the wrong type"},
		{"a model twice", `{"models":{"openai":{"a":{},"a":{}}}}`, "line 1, column 29, /models/openai/a: duplicate object member name"},
		{"unknown member of the file", `{"model":{}}`, "/model: unknown member"},
		{"unknown member of a model", `{"models":{"openai":{"x/y":{"prise":1}}}}`, "/models/openai/x~1y/prise: unknown member"},
		{"unknown members of a price", `{"models":{"openai":{"a":{"price":{"input":1,"output":1,"in~":1,"out":2}}}}}`, "/models/openai/a/price/in~0: unknown member; /models/openai/a/price/out: unknown member"},
		{"price without output", `{"models":{"openai":{"a":{"price":{"input":1}}}}}`, "/models/openai/a/price/output: is missing (US dollars per million tokens)"},
		{"negative price", `{"models":{"openai":{"a":{"price":{"input":-1,"output":1,"cached_input":-2}}}}}`, "/models/openai/a/price/input: must not be negative; /models/openai/a/price/cached_input: must not be negative"},
		{"tier without limit", `{"models":{"openai":{"a":{"price":{"input":1,"output":1,"tiers":[{"input":1,"output":1}]}}}}}`, "/models/openai/a/price/tiers/0/above: must be a number of tokens larger than that of the tier before"},
		{"tier without price", `{"models":{"openai":{"a":{"price":{"input":1,"output":1,"tiers":[{"above":5,"output":1}]}}}}}`, "/models/openai/a/price/tiers/0/input: is missing (US dollars per million tokens)"},
		{"tiers in a tier", `{"models":{"openai":{"a":{"price":{"input":1,"output":1,"tiers":[{"above":5,"input":1,"output":1,"tiers":[{}]}]}}}}}`, "/models/openai/a/price/tiers/0/tiers: a tier has no tiers"},
		{"limit outside a tier", `{"models":{"openai":{"a":{"price":{"above":5,"input":1,"output":1}}}}}`, "/models/openai/a/price/above: belongs into a tier"},
		{"unknown provider", `{"models":{"opena":{}}}`, "/models/opena: unknown provider; known are " + strings.Join(vendor.Slugs(), ", ")},
		{"no name", `{"models":{"openai":{"":{}}}}`, "/models/openai/: a model needs a name"},
		{"bad members", `{"models":{"openai":{"a":{"kind":"chess","context_window":-1,"max_output":-1,"retired":"soon"}}}}`, "/models/openai/a/kind: must be chat, completion or embedding; /models/openai/a/context_window: must not be negative; /models/openai/a/max_output: must not be negative; /models/openai/a/retired: must be a day such as 2026-01-31"},
		{"same_as an unknown model", `{"models":{"openai":{"a":{"same_as":"gpt-4o"}}}}`, "/models/openai/a/same_as: no model gpt-4o is known (write provider/id)"},
		{"number too large", `{"models":{"openai":{"a":{"price":{"input":1e999,"output":1}}}}}`, "line 1, column 44, /models/openai/a/price/input: the value has the wrong type"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			_, err := new(models.Registry).WithOverrides(strings.NewReader(tc.file))
			fe, ok := errors.AsType[*models.FileError](err)
			if !ok {
				t.Fatalf("Parse: error is %v, want a *FileError", err)
			}
			if d := cmp.Diff(tc.want, fe.Error()); d != "" {
				t.Errorf("Parse (-want +got):\n%s", d)
			}
		})
	}
}

func TestReadFailure(t *testing.T) {
	cause := errors.New("disk on fire")
	if _, err := new(models.Registry).WithOverrides(iotest.ErrReader(cause)); !errors.Is(err, cause) {
		t.Errorf("Parse: error is %v, want %v", err, cause)
	}
}

func TestEncodeWritesOneModelALine(t *testing.T) {
	c := models.New("here", []models.Model{
		{Provider: "openai", ID: "z", Kind: models.Chat},
		{Provider: "openai", ID: "a", Kind: models.Embedding, Name: "<A>", Price: &models.Price{
			Rates: models.Rates{Input: 1, CachedInput: 0, CacheWrite: 1, Output: 0},
			Tiers: []models.Tier{{Above: 9, Rates: models.Rates{Input: 2, CachedInput: 2, CacheWrite: 2.5, Output: 0}}},
		}},
		{Provider: "google", ID: "models/x", Kind: models.Chat, Reasoning: true, Tools: new(false)},
	})
	want := `{
"source":"here",
"models":{
"google":{
"models/x":{"reasoning":true,"tools":false}
},
"openai":{
"a":{"name":"<A>","kind":"embedding","price":{"input":1,"cached_input":0,"output":0,"tiers":[{"above":9,"input":2,"cache_write":2.5,"output":0}]}},
"z":{}
}
}
}
`
	got := encode(t, c)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("Encode (-want +got):\n%s", d)
	}
	if d := cmp.Diff(collect(c.All()), collect(parse(t, got).All())); d != "" {
		t.Errorf("Parse of it (-want +got):\n%s", d)
	}
}

// Any text is either refused with a FileError or understood in a way that survives being written and read again.
func FuzzParse(f *testing.F) {
	f.Add(base)
	f.Add(`{"models":{"openai":{"a":{"price":{"input":1,"output":2,"tiers":[{"above":5,"input":2,"output":3}]}},"b":{"same_as":"openai/a"}}}}`)
	f.Add(`{"models":{"mock":{"*":{"price":null,"inputs":[],"tools":null}}}}`)
	f.Add(`{"models":{"openai":null},"x":[`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := new(models.Registry).WithOverrides(strings.NewReader(text))
		if err != nil {
			if _, ok := errors.AsType[*models.FileError](err); !ok {
				t.Fatalf("error is %v, want a *FileError", err)
			}
			return
		}
		first := encode(t, c)
		if d := cmp.Diff(first, encode(t, parse(t, first))); d != "" {
			t.Errorf("written twice (-first +second):\n%s", d)
		}
	})
}

// The example in the documentation is a file that works.
func TestDocumentedExample(t *testing.T) {
	text, err := os.ReadFile("../../docs/models.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```json\n")
	example, _, _ := strings.Cut(rest, "```")
	c, err := embedded(t).WithOverrides(strings.NewReader(example))
	if err != nil {
		t.Fatal(err)
	}
	want := &models.Price{Rates: models.Rates{Input: 2, CachedInput: 0.5, CacheWrite: 2, Output: 8}}
	if m, ok := c.Lookup("openai_azure", "our-deployment"); !ok || !cmp.Equal(want, m.Price) {
		t.Errorf("our-deployment: got %+v, %v; want the price of gpt-4.1", m, ok)
	}
	if added := c.Len() - embedded(t).Len(); added != 4 {
		t.Errorf("the example adds %d models, want 4", added)
	}
}
