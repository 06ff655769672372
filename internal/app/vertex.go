package app

import (
	"cmp"
	"context"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"

	"openloop/internal/config"
	"openloop/internal/llm/failure"
	"openloop/internal/llm/llmhttp"
	"openloop/internal/provider/anthropic"
	"openloop/internal/provider/gemini"
	"openloop/internal/provider/vertex"
	"openloop/internal/relay"
)

// vertexAI is Google Vertex AI with the access token of the settings, or else Google's application default credentials: a file, those
// of the gcloud command, or those of the machine. They are looked for at the first call that needs them; a server that has none starts
// all the same, and says so when it is called.
func vertexAI(hc *llmhttp.Client, c *config.Vertex) (relay.Provider, error) {
	project := cmp.Or(c.Project, c.CloudProject)
	location := cmp.Or(c.Location, c.CloudLocation, "global")
	base := cmp.Or(strings.TrimSuffix(strings.TrimRight(c.BaseURL, "/"), "/v1"), vertex.BaseURL(location))
	ofGoogle, err := gemini.New(hc, gemini.Vendor{
		Slug: vertex.Slug, BaseURL: base, Prefix: vertex.Path(project, location, "google"), Header: vertex.Header, NoIDs: true,
	})
	if err != nil {
		return relay.Provider{}, err
	}
	ofAnthropic, err := anthropic.New(hc, anthropic.Vendor{
		Slug: vertex.Slug, BaseURL: base, Models: vertex.Path(project, location, "anthropic") + "/models/", Header: vertex.Header,
	})
	if err != nil {
		return relay.Provider{}, err
	}
	driver := vertex.New(vertex.Options{
		Project: project, Google: ofGoogle, Anthropic: ofAnthropic, Credentials: applicationDefault, Transport: hc.Transport,
	})
	return relay.Provider{Driver: driver, Display: failure.VendorOf(vertex.Slug).Display, Key: c.AccessToken}, nil
}

func applicationDefault(ctx context.Context) (oauth2.TokenSource, error) {
	found, err := google.FindDefaultCredentials(ctx, "https://www.googleapis.com/auth/cloud-platform")
	if err != nil {
		return nil, err
	}
	return found.TokenSource, nil
}
