package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/openloop-server/openloop/internal/web"
)

type shared struct {
	Size int      `query:"size" default:"10"`
	Name []string `query:"name"`
}

type sharing struct {
	shared
	ID string `path:"id"`
}

func TestParametersOfEmbeddedStructs(t *testing.T) {
	var got sharing
	s, err := web.New([]web.Route{{Method: "GET", Path: "/a/{id}", ID: "a", Op: web.NoContent(func(_ context.Context, in *sharing) error {
		got = *in
		return nil
	})}}, web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/a/x?name=b&name=c", http.NoBody))
	if got.ID != "x" || got.Size != 10 || len(got.Name) != 2 || got.Name[0] != "b" || got.Name[1] != "c" {
		t.Errorf("the input is %+v", got)
	}
}
