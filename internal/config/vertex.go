package config

import (
	"errors"
	"strings"
)

// Vertex is how Google Vertex AI is reached. Without an access token Google's application default credentials are used.
type Vertex struct {
	Project       string `env:"VERTEX_AI_PROJECT"`
	Location      string `env:"VERTEX_AI_LOCATION"` // "" means global
	BaseURL       string `env:"VERTEX_AI_BASE_URL"` // "" means Google's own in the location
	AccessToken   string `env:"VERTEX_AI_ACCESS_TOKEN"`
	CloudProject  string `env:"GOOGLE_CLOUD_PROJECT"`  // when Project is not set
	CloudLocation string `env:"GOOGLE_CLOUD_LOCATION"` // when Location is not set
}

func (v *Vertex) check() []error {
	var problems []error
	if v.BaseURL != "" && !isWebURL(v.BaseURL) {
		problems = append(problems, errors.New("VERTEX_AI_BASE_URL must be an http or https URL"))
	}
	if !isLocation(v.Location) || !isLocation(v.CloudLocation) {
		problems = append(problems, errors.New("VERTEX_AI_LOCATION (or GOOGLE_CLOUD_LOCATION) must be a location of Google Cloud, as europe-west1"))
	}
	return problems
}

// isLocation reports whether s can be part of a host's name, or is empty.
func isLocation(s string) bool {
	foreign := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }
	return !strings.ContainsFunc(s, foreign)
}
