package bedrock

import (
	"cmp"
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/vendor"
)

// chainTimeout is how long the sources of AWS credentials outside this machine may take.
const chainTimeout = 5 * time.Second

// open opens Bedrock with the region and the credentials of the settings, or else those of AWS's standard chain: profiles, SSO,
// web identity, the roles of containers and instances. The chain is asked at the first call that needs it; a server that has no
// credentials starts all the same, and says so when it is called.
func open(ctx context.Context, hc *llmhttp.Client, _ vendor.Vendor, a vendor.Access) (llm.Driver, error) {
	chain, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithLogger(logging.Nop{}))
	unreadable := err // a broken profile matters to those who need it
	own := settled(a.Further)
	return New(hc, Vendor{
		Region: cmp.Or(a.Further["AWS_REGION"], a.Further["AWS_DEFAULT_REGION"], chain.Region), BaseURL: a.BaseURL,
		Credentials: func(ctx context.Context) (Credentials, error) {
			if own != (Credentials{}) || unreadable != nil {
				return own, unreadable
			}
			return retrieve(ctx, chain.Credentials)
		},
	})
}

// settled are the credentials in the settings, the zero value when they hold none.
func settled(set map[string]string) Credentials {
	c := Credentials{
		Bearer: set["AWS_BEARER_TOKEN_BEDROCK"], AccessKeyID: set["AWS_ACCESS_KEY_ID"], SecretAccessKey: set["AWS_SECRET_ACCESS_KEY"],
		SessionToken: set["AWS_SESSION_TOKEN"],
	}
	switch {
	case c.Bearer != "":
		return Credentials{Bearer: c.Bearer}
	case c.AccessKeyID != "" && c.SecretAccessKey != "":
		return c
	default:
		return Credentials{}
	}
}

func retrieve(ctx context.Context, chain aws.CredentialsProvider) (Credentials, error) {
	ctx, cancel := context.WithTimeout(ctx, chainTimeout)
	defer cancel()
	keys, err := chain.Retrieve(ctx)
	return Credentials{AccessKeyID: keys.AccessKeyID, SecretAccessKey: keys.SecretAccessKey, SessionToken: keys.SessionToken}, err
}
