package web_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// level takes even numbers only, which its schema does not say.
type level int

func (l *level) UnmarshalJSONFrom(dec *json.Decoder) error {
	var n int
	if err := json.Decode(dec, &n); err != nil {
		return err
	}
	if *l = level(n); n%2 != 0 {
		return errors.New("odd: secret")
	}
	return nil
}

func (level) JSONSchema() *schema.Schema { return schema.Integer() }

// shape is a union of objects without a member that tells which.
type shape struct{ raw string }

func (s *shape) UnmarshalJSONFrom(dec *json.Decoder) error {
	raw, err := dec.ReadValue()
	s.raw = string(raw)
	return err
}

func (shape) JSONSchema() *schema.Schema {
	size := func(name string) schema.Member {
		return schema.Member{Name: name, Schema: schema.Number(), Required: true}
	}
	return schema.OneOf("Shape", "a circle, a box, a list of numbers or nothing", "",
		schema.Object("Circle", size("radius")), schema.Object("Box", size("width"), size("height")), schema.List(schema.Number()), schema.Boolean())
}

type common struct {
	Owner string `json:"owner" required:"true"`
}

type allTypes struct {
	common

	Level  level                 `json:"level,omitzero"`
	Shapes []shape               `json:"shapes,omitempty"`
	Tools  map[string]toolBody   `json:"tools,omitempty"`
	Texts  map[string]string     `json:"texts,omitempty"`
	Rank   json.Opt[int]         `json:"rank,omitzero" min:"1" max:"9"`
	Short  *string               `json:"short,omitzero" minlen:"2" maxlen:"3"`
	Kinds  []string              `json:"kinds,omitempty" minlen:"1" enum:"x"`
	Small  uint8                 `json:"small,omitzero"`
	Blob   []byte                `json:"blob,omitempty"`
	Lists  [][]int               `json:"lists,omitempty"`
	Others map[string]json.Value `json:"others,omitempty"`
	Owners json.Opt[[]common]    `json:"owners,omitzero"`
	Rest   map[string]json.Value `json:",embed"`
}

func TestTypes(t *testing.T) {
	short := "ab"
	cases := []struct {
		name, body string
		want       any // the input, or the violations
	}{
		{"embedded struct", `{"owner":"me"}`, allTypes{common: common{"me"}}},
		{"member of an embedded struct", `{}`, []string{"body/owner: is required (missing)"}},
		{"unknown members are kept", `{"owner":"me","x":[1]}`, allTypes{common: common{"me"}, Rest: map[string]json.Value{"x": json.Value("[1]")}}},
		{"own method", `{"owner":"me","level":4}`, allTypes{common: common{"me"}, Level: 4}},
		{"refusal by an own method", `{"owner":"me","level":3}`, []string{"body/level: has a value that is not valid here (value_error)"}},
		{"coercion for an own method", `{"owner":"me","level":"4"}`, allTypes{common: common{"me"}, Level: 4}},
		{"union of objects", `{"owner":"me","shapes":[{"width":1,"height":2},{"radius":1},[1],true]}`, allTypes{common: common{"me"},
			Shapes: []shape{{`{"width":1,"height":2}`}, {`{"radius":1}`}, {`[1]`}, {`true`}}}},
		{"faults in unions", `{"owner":"me","shapes":[{"width":1,"height":"x"},{},"x",["y"],null],"level":"x"}`, []string{
			"body/shapes/0/height: must be a number (float_parsing)", "body/shapes/1/radius: is required (missing)",
			"body/shapes/2: must be a circle, a box, a list of numbers or nothing (union)", "body/shapes/3/0: must be a number (float_parsing)",
			"body/shapes/4: must be a circle, a box, a list of numbers or nothing (union)", "body/level: must be an integer (int_parsing)"}},
		{"maps", `{"owner":"me","tools":{"a":{"name":"n"}},"texts":{"k":"v"},"others":{"n":null}}`, allTypes{common: common{"me"},
			Tools: map[string]toolBody{"a": {Name: "n"}}, Texts: map[string]string{"k": "v"}, Others: map[string]json.Value{"n": json.Value("null")}}},
		{"faults in maps", `{"owner":"me","tools":{"a":{},"b":null},"texts":{"k":null}}`, []string{
			"body/tools/a/name: is required (missing)", "body/tools/b: must be an object (dict_type)", "body/texts/k: must be a string (string_type)"}},
		{"null for an update", `{"owner":"me","rank":null}`, allTypes{common: common{"me"}, Rank: json.Opt[int]{Set: true, Null: true}}},
		{"bounds of an update", `{"owner":"me","rank":0}`, []string{"body/rank: must be at least 1 (greater_than_equal)"}},
		{"valid update", `{"owner":"me","rank":9,"owners":[{"owner":"you"}]}`, allTypes{common: common{"me"}, Rank: json.Some(9),
			Owners: json.Some([]common{{"you"}})}},
		{"inside an update", `{"owner":"me","owners":[{}]}`, []string{"body/owners/0/owner: is required (missing)"}},
		{"length of a text behind a pointer", `{"owner":"me","short":"ab"}`, allTypes{common: common{"me"}, Short: &short}},
		{"too short", `{"owner":"me","short":"é"}`, []string{"body/short: must have at least 2 characters (string_too_short)"}},
		{"too long", `{"owner":"me","short":"abcd"}`, []string{"body/short: must have at most 3 characters (string_too_long)"}},
		{"list of one choice", `{"owner":"me","kinds":["y"]}`, []string{"body/kinds/0: must be x (enum)"}},
		{"empty list", `{"owner":"me","kinds":[]}`, []string{"body/kinds: must have at least 1 item (too_short)"}},
		{"below zero", `{"owner":"me","small":-1}`, []string{"body/small: must be at least 0 (greater_than_equal)"}},
		{"too large for the type", `{"owner":"me","small":256}`, []string{"body/small: has a value that is not valid here (value_error)"}},
		{"Base64", `{"owner":"me","blob":"aGk="}`, allTypes{common: common{"me"}, Blob: []byte("hi")}},
		{"no Base64", `{"owner":"me","blob":"?"}`, []string{"body/blob: must be Base64 (bytes_invalid_encoding)"}},
		{"lists of lists", `{"owner":"me","lists":[[1],["2",0],[]]}`, allTypes{common: common{"me"}, Lists: [][]int{{1}, {2, 0}, {}}}},
		{"fault in a list of lists", `{"owner":"me","lists":[[1],[{}]]}`, []string{"body/lists/1/0: must be an integer (int_type)"}},
	}
	var got allTypes
	s, err := web.New([]web.Route{{Method: "POST", Path: "/a", ID: "a", Op: web.NoContent(func(_ context.Context, in *struct {
		Body allTypes `body:"json"`
	}) error {
		got = in.Body
		return nil
	})}}, web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "POST", "/a", strings.NewReader(c.body)))
			var have any = got
			if w.Code != 204 {
				have = lines(detailOf(t, w.Body.String()).Errors)
			}
			if d := cmp.Diff(c.want, have, cmp.AllowUnexported(allTypes{}, shape{})); d != "" {
				t.Errorf("(-want +got):\n%s\n%s", d, w.Body)
			}
			if strings.Contains(w.Body.String(), "secret") {
				t.Errorf("the answer shows the text of an error: %s", w.Body)
			}
		})
	}
}
