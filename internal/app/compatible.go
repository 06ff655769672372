package app

import (
	"cmp"

	"openloop/internal/config"
	"openloop/internal/llm/failure"
	"openloop/internal/llm/llmhttp"
	"openloop/internal/provider/openai"
	"openloop/internal/relay"
)

// compatible lists the providers that speak OpenAI's wire format and are not OpenAI, by slug.
func compatible(hc *llmhttp.Client, p *config.Providers) (map[string]relay.Provider, error) {
	all := map[string]relay.Provider{}
	for _, v := range openai.Compatible() {
		access := p.Others[v.Slug]
		keyName, urlName := config.AccessNames(v.Slug)
		isAzure := v.Deployments != ""
		if isAzure {
			access = config.Access{Key: p.AzureKey, BaseURL: p.AzureEndpoint}
			keyName, urlName = "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT"
			v.Deployments = cmp.Or(p.AzureAPIVersion, v.Deployments)
		}
		if v.Slug == "openai_compatible" {
			v.Name = p.CompatibleName
		}
		v.BaseURL = cmp.Or(access.BaseURL, v.BaseURL)
		if v.BaseURL != "" {
			urlName = ""
		}
		driver, err := openai.New(hc, v)
		if err != nil {
			return nil, err
		}
		all[v.Slug] = relay.Provider{
			Driver: driver, Display: cmp.Or(v.Name, failure.VendorOf(v.Slug).Display),
			Key: access.Key, KeyName: keyName, NeedsKey: !v.NoKey, URLName: urlName, TakesURL: isAzure,
		}
	}
	return all, nil
}
