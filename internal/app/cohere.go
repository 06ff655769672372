package app

import (
	"openloop/internal/config"
	"openloop/internal/llm/failure"
	"openloop/internal/llm/llmhttp"
	"openloop/internal/provider/cohere"
	"openloop/internal/relay"
)

// cohereAI is Cohere as it is set up.
func cohereAI(hc *llmhttp.Client, p *config.Providers) (relay.Provider, error) {
	const slug = "cohere"
	access := p.Others[slug]
	keyName, _ := config.AccessNames(slug)
	driver, err := cohere.New(hc, access.BaseURL)
	return relay.Provider{
		Driver: driver, Display: failure.VendorOf(slug).Display, Key: access.Key, KeyName: keyName, NeedsKey: true,
	}, err
}
