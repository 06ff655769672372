package app

import (
	"openloop/internal/config"
	"openloop/internal/llm/failure"
	"openloop/internal/llm/llmhttp"
	"openloop/internal/provider/replicate"
	"openloop/internal/relay"
)

// replicateAI is Replicate as it is set up.
func replicateAI(hc *llmhttp.Client, p *config.Providers) (relay.Provider, error) {
	const slug = "replicate"
	access := p.Others[slug]
	keyName, _ := config.AccessNames(slug)
	driver, err := replicate.New(hc, access.BaseURL)
	return relay.Provider{
		Driver: driver, Display: failure.VendorOf(slug).Display, Key: access.Key, KeyName: keyName, NeedsKey: true,
	}, err
}
