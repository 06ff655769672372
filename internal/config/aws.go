package config

import "errors"

// AWS is how Amazon Bedrock is reached. What is not set here may be in the files of the AWS command line, or come from the machine.
type AWS struct {
	BearerToken     string `env:"AWS_BEARER_TOKEN_BEDROCK"` // an API key of Amazon Bedrock; wins over access keys
	AccessKeyID     string `env:"AWS_ACCESS_KEY_ID"`
	SecretAccessKey string `env:"AWS_SECRET_ACCESS_KEY"`
	SessionToken    string `env:"AWS_SESSION_TOKEN"`
	Region          string `env:"AWS_REGION"`
	DefaultRegion   string `env:"AWS_DEFAULT_REGION"` // when Region is not set
	BedrockEndpoint string `env:"AWS_ENDPOINT_URL_BEDROCK_RUNTIME"`
}

func (a *AWS) check() []error {
	var problems []error
	if a.BedrockEndpoint != "" && !isWebURL(a.BedrockEndpoint) {
		problems = append(problems, errors.New("AWS_ENDPOINT_URL_BEDROCK_RUNTIME must be an http or https URL"))
	}
	return problems
}
