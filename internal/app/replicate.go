package app

import (
	"openloop/internal/config"
	"openloop/internal/gateway"
	"openloop/internal/llm/failure"
	"openloop/internal/llm/llmhttp"
	"openloop/internal/provider/replicate"
)

// replicateAI is Replicate as it is set up.
func replicateAI(hc *llmhttp.Client, p *config.Providers) (gateway.Provider, error) {
	const slug = "replicate"
	access := p.Others[slug]
	keyName, _ := config.AccessNames(slug)
	driver, err := replicate.New(hc, access.BaseURL)
	return gateway.Provider{
		Driver: driver, Display: failure.VendorOf(slug).Display, Key: access.Key, KeyName: keyName, NeedsKey: true,
	}, err
}
