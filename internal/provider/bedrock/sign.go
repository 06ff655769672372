package bedrock

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// service is Bedrock's name in a signature.
const service = "bedrock"

// defaultRegion signs calls to a base URL that tells no region, as an emulator's, when none is set.
const defaultRegion = "us-east-1"

// authorize returns the header of a request, signed or with the API key.
func (a *account) authorize(ctx context.Context, c Credentials, u *url.URL, region string, body []byte) (http.Header, error) {
	if c.Bearer != "" {
		return llmhttp.JSONHeader("Authorization", "Bearer "+c.Bearer), nil
	}
	req := &http.Request{Method: http.MethodPost, URL: u, Host: u.Host, Header: llmhttp.JSONHeader(), ContentLength: int64(len(body))}
	keys := aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}
	sum := sha256.Sum256(body)
	err := a.signer.SignHTTP(ctx, keys, req, hex.EncodeToString(sum[:]), service, region, a.Now())
	return req.Header, err
}

// escape makes one segment of a path, as a signature demands it: everything but unreserved characters is escaped, the slashes and
// colons of ARNs too.
func escape(segment string) string {
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, len(segment)+16)
	for i := range len(segment) {
		c := segment[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~':
			out = append(out, c)
		default:
			out = append(out, '%', digits[c>>4], digits[c&15])
		}
	}
	return string(out)
}

// hostOf is Bedrock's host in a region.
func hostOf(region string) string {
	domain := "amazonaws.com"
	switch {
	case strings.HasPrefix(region, "cn-"):
		domain = "amazonaws.com.cn"
	case strings.HasPrefix(region, "eusc-"):
		domain = "amazonaws.eu"
	}
	return "bedrock-runtime." + region + "." + domain
}

// regionOf is the region that a host of Amazon's is in: the label after the service's. It is "" for any other host.
func regionOf(host string) string {
	labels := strings.Split(strings.ToLower(host), ".")
	for i, label := range labels[:len(labels)-1] {
		if (label == "bedrock-runtime" || label == "bedrock-runtime-fips") && isRegion(labels[i+1]) {
			return labels[i+1]
		}
	}
	return ""
}

// isRegion reports whether s looks like a region: letters, digits and at least two hyphens.
func isRegion(s string) bool {
	other := func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9') }
	return len(s) <= 32 && strings.Count(s, "-") >= 2 && !strings.ContainsFunc(s, other)
}

// withoutDefaultPort is the host as it is signed and sent.
func withoutDefaultPort(u *url.URL) string {
	if u.Scheme == "https" {
		return strings.TrimSuffix(u.Host, ":443")
	}
	return strings.TrimSuffix(u.Host, ":80")
}
