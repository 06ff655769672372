package vertex

import (
	"cmp"
	"context"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/provider/anthropic"
	"github.com/openloop-server/openloop/internal/provider/gemini"
	"github.com/openloop-server/openloop/internal/vendor"
)

// Provider makes drivers for Google Vertex AI and declares what it serves.
var Provider = llmhttp.Provider{Open: open, Declare: func(vendor.Vendor) llm.Declaration { return Declaration() }}

// Declaration says what Google Vertex AI serves. It lists the models of Google first, then those of Anthropic.
func Declaration() llm.Declaration {
	ofGoogle, ofAnthropic := gemini.Declaration().Endpoints[0], anthropic.Declaration().Endpoints[0]
	ofGoogle.Models, ofGoogle.Path = "Google", pathOf("PROJECT", "LOCATION", "google")+"/models/MODEL:generateContent"
	ofAnthropic.Models, ofAnthropic.Path = "Anthropic", pathOf("PROJECT", "LOCATION", "anthropic")+"/models/MODEL:rawPredict"
	ofAnthropic.ImageURL, ofAnthropic.FileURL = false, false
	return llm.Declaration{
		Endpoints: []llm.Served{ofGoogle, ofAnthropic},
		Counts:    pathOf("PROJECT", "LOCATION", "google") + "/models/MODEL:countTokens",
		Embeds:    pathOf("PROJECT", "LOCATION", "google") + "/models/MODEL:predict",
		Quirks: []string{
			"Models of Google are called like those of `google`, but without ids of function calls, which Vertex AI refuses.",
			"Models of Anthropic (`claude-…`) are called like those of `anthropic`, but images must be base64 data URIs.",
		},
	}
}

// open opens Vertex AI with the access token of the settings, or else Google's application default credentials: a file, those
// of the gcloud command, or those of the machine. They are looked for at the first call that needs them; a server that has none starts
// all the same, and says so when it is called.
func open(_ context.Context, hc *llmhttp.Client, v vendor.Vendor, a vendor.Access) (llm.Driver, error) {
	project := cmp.Or(a.Further["VERTEX_AI_PROJECT"], a.Further["GOOGLE_CLOUD_PROJECT"])
	location := cmp.Or(a.Further["VERTEX_AI_LOCATION"], a.Further["GOOGLE_CLOUD_LOCATION"], "global")
	base := cmp.Or(strings.TrimSuffix(strings.TrimRight(a.BaseURL, "/"), "/v1"), baseURL(location))
	ofGoogle, err := gemini.New(hc, gemini.Vendor{
		Slug: v.Slug, BaseURL: base, Prefix: pathOf(project, location, "google"), Header: llmhttp.BearerHeader, NoIDs: true, Predict: true,
	})
	if err != nil {
		return nil, err
	}
	ofAnthropic, err := anthropic.New(hc, anthropic.Vendor{
		Slug: v.Slug, BaseURL: base, Models: pathOf(project, location, "anthropic") + "/models/", Header: llmhttp.BearerHeader,
	})
	if err != nil {
		return nil, err
	}
	return New(Options{
		Project: project, Google: ofGoogle, Anthropic: ofAnthropic, Credentials: applicationDefault, Transport: hc.Transport,
	}), nil
}

func applicationDefault(ctx context.Context) (oauth2.TokenSource, error) {
	found, err := google.FindDefaultCredentials(ctx, "https://www.googleapis.com/auth/cloud-platform")
	if err != nil {
		return nil, err
	}
	return found.TokenSource, nil
}
