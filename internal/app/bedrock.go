package app

import (
	"cmp"
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"

	"openloop/internal/config"
	"openloop/internal/llm/llmhttp"
	"openloop/internal/provider/bedrock"
	"openloop/internal/relay"
)

// chainTimeout is how long the sources of AWS credentials outside this machine may take.
const chainTimeout = 5 * time.Second

// amazon is Amazon Bedrock with the region and the credentials of the settings, or else those of AWS's standard chain: profiles, SSO,
// web identity, the roles of containers and instances. The chain is asked at the first call that needs it; a server that has no
// credentials starts all the same, and says so when it is called.
func amazon(ctx context.Context, hc *llmhttp.Client, c *config.AWS) (relay.Provider, error) {
	chain, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithLogger(logging.Nop{}))
	unreadable := err // a broken profile matters to those who need it
	v := bedrock.Vendor{
		Region: cmp.Or(c.Region, c.DefaultRegion, chain.Region), BaseURL: c.BedrockEndpoint,
		Credentials: func(ctx context.Context) (bedrock.Credentials, error) {
			if own := settled(c); own != (bedrock.Credentials{}) || unreadable != nil {
				return own, unreadable
			}
			return retrieve(ctx, chain.Credentials)
		},
	}
	driver, err := bedrock.New(hc, v)
	return relay.Provider{Driver: driver, Display: "Amazon Bedrock"}, err
}

// settled are the credentials in the settings, the zero value when they hold none.
func settled(c *config.AWS) bedrock.Credentials {
	switch {
	case c.BearerToken != "":
		return bedrock.Credentials{Bearer: c.BearerToken}
	case c.AccessKeyID != "" && c.SecretAccessKey != "":
		return bedrock.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}
	default:
		return bedrock.Credentials{}
	}
}

func retrieve(ctx context.Context, chain aws.CredentialsProvider) (bedrock.Credentials, error) {
	ctx, cancel := context.WithTimeout(ctx, chainTimeout)
	defer cancel()
	keys, err := chain.Retrieve(ctx)
	return bedrock.Credentials{AccessKeyID: keys.AccessKeyID, SecretAccessKey: keys.SecretAccessKey, SessionToken: keys.SessionToken}, err
}
