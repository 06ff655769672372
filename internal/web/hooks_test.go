package web_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/web"
)

func TestHooks(t *testing.T) {
	var got quickBody
	s, err := web.New([]web.Route{{Method: "POST", Path: "/a", ID: "a", Op: web.JSON(func(_ context.Context, in *struct {
		Body quickBody `body:"json"`
	}) (quickBody, error) {
		got = in.Body
		return in.Body, nil
	})}}, web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		body   string
		want   quickBody
		answer string
	}{
		{`{"name":"x"}`, quickBody{Name: `{"name":"x"}`, quick: true}, `"appended"`},
		{`{"name":"slow"}`, quickBody{Name: "slow"}, `"appended"`},
	}
	for _, c := range cases {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "POST", "/a", strings.NewReader(c.body)))
		if d := cmp.Diff(c.want, got, cmp.AllowUnexported(quickBody{})); d != "" {
			t.Errorf("%s: input (-want +got):\n%s", c.body, d)
		}
		if w.Body.String() != c.answer {
			t.Errorf("%s: answer %s", c.body, w.Body)
		}
	}
}
