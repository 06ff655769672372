package web_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web"
)

// laxInput takes a scalar of each type from the body and from the query.
type laxInput struct {
	QueryTime    time.Time `query:"time"`
	QueryInteger int64     `query:"integer"`
	QueryNumber  float64   `query:"number"`
	QueryBoolean bool      `query:"boolean"`
	QueryString  string    `query:"string"`

	Body struct {
		Time    time.Time `json:"time,omitzero"`
		Integer int64     `json:"integer,omitzero"`
		Number  float64   `json:"number,omitzero"`
		Boolean bool      `json:"boolean,omitzero"`
		String  string    `json:"string,omitzero"`
	} `body:"json"`
}

func (in *laxInput) shown(kind string, query bool) string {
	b := &in.Body
	if query {
		b.Time, b.Integer, b.Number, b.Boolean, b.String = in.QueryTime, in.QueryInteger, in.QueryNumber, in.QueryBoolean, in.QueryString
	}
	switch kind {
	case "time":
		return b.Time.UTC().Format("2006-01-02T15:04:05.000000Z")
	case "integer":
		return strconv.FormatInt(b.Integer, 10)
	case "number":
		return strconv.FormatFloat(b.Number, 'g', -1, 64)
	case "boolean":
		return strconv.FormatBool(b.Boolean)
	default:
		return b.String
	}
}

// scalarCase is what pydantic 2.13.4 makes of a JSON value: testdata/pydantic.json was recorded from it.
type scalarCase struct {
	Type  string  `json:"type"`
	Given string  `json:"given"`
	Want  *string `json:"want"` // nil when it is refused
}

// Fault F1: every scalar is read as the Python server of the contract read it, in bodies and in queries.
func TestScalarsAreReadAsPydanticDoes(t *testing.T) {
	data, err := os.ReadFile("testdata/pydantic.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []scalarCase
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	var got *laxInput
	s, err := web.New([]web.Route{{Method: "POST", Path: "/a", ID: "a", Op: web.NoContent(func(_ context.Context, in *laxInput) error {
		got = in
		return nil
	})}}, web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	check := func(t *testing.T, c *scalarCase, target, body string) {
		t.Helper()
		got = nil
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "POST", target, strings.NewReader(body)))
		switch {
		case c.Want == nil && w.Code != 422:
			t.Errorf("%s %s: %d, want 422", target, body, w.Code)
		case c.Want != nil && w.Code != 204:
			t.Errorf("%s %s: %d, want %s: %s", target, body, w.Code, *c.Want, w.Body)
		case c.Want != nil && sameScalar(c.Type, *c.Want) != got.shown(c.Type, target != "/a"):
			t.Errorf("%s %s: %s, want %s", target, body, got.shown(c.Type, target != "/a"), *c.Want)
		}
	}
	for _, c := range cases {
		t.Run(c.Type+" "+c.Given, func(t *testing.T) {
			check(t, &c, "/a", `{"`+c.Type+`":`+c.Given+`}`)
			var text string
			if json.Unmarshal([]byte(c.Given), &text) == nil && text != "" { // of a query, nothing but texts
				check(t, &c, "/a?"+c.Type+"="+url.QueryEscape(text), `{}`)
			}
		})
	}
}

// sameScalar writes a number of Python's as Go does.
func sameScalar(kind, want string) string {
	if kind != "number" {
		return want
	}
	n, err := strconv.ParseFloat(want, 64)
	if err != nil {
		return want
	}
	return strconv.FormatFloat(n, 'g', -1, 64)
}

// What JSON cannot write is refused, though Python would read it, and so are integers beyond 64 bits.
func TestScalarsBeyondJSON(t *testing.T) {
	s, err := web.New([]web.Route{{Method: "POST", Path: "/a", ID: "a", Op: web.NoContent(func(context.Context, *laxInput) error { return nil })}}, web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{
		`{"number":"NaN"}`, `{"number":"-inf"}`, `{"number":"Infinity"}`, `{"number":1e400}`, `{"number":"1e400"}`,
		`{"integer":9223372036854775808}`, `{"integer":"9223372036854775808"}`, `{"integer":1e19}`,
		`{"time":"9999-12-31T23:59:59-01:00"}`, // the year 10,000 in UTC
		`{"time":"0000-12-31T23:00:00Z"}`,
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "POST", "/a", strings.NewReader(body)))
		if w.Code != 422 {
			t.Errorf("%s: %d, want 422", body, w.Code)
		}
	}
}
