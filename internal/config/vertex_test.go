package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/vendor"
)

func TestReadsVertex(t *testing.T) {
	got, err := config.Read(strings.Fields(`VERTEX_AI_PROJECT=p VERTEX_AI_LOCATION=europe-west1 VERTEX_AI_BASE_URL=https://v VERTEX_AI_ACCESS_TOKEN=t
		GOOGLE_CLOUD_PROJECT=q GOOGLE_CLOUD_LOCATION=us`))
	want := map[string]vendor.Access{"vertex_ai": {Key: "t", BaseURL: "https://v", Further: map[string]string{
		"VERTEX_AI_PROJECT": "p", "VERTEX_AI_LOCATION": "europe-west1", "GOOGLE_CLOUD_PROJECT": "q", "GOOGLE_CLOUD_LOCATION": "us",
	}}}
	if d := cmp.Diff(want, got.Providers); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
}

func TestReadRefusesPlacesOfVertexThatAreNone(t *testing.T) {
	for environ, want := range map[string]string{
		"VERTEX_AI_BASE_URL=leak":                 "VERTEX_AI_BASE_URL must be an http or https URL",
		"VERTEX_AI_LOCATION=leak.example.com/?":   "VERTEX_AI_LOCATION must be a location of Google Cloud, as europe-west1",
		"GOOGLE_CLOUD_LOCATION=leak@example.com/": "GOOGLE_CLOUD_LOCATION must be a location of Google Cloud, as europe-west1",
	} {
		if _, err := config.Read([]string{environ}); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", environ, err, want)
		}
	}
}
