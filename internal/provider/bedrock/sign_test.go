package bedrock_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/provider/bedrock"
)

const answer = `{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}`

// wire is a provider without a network. It keeps the last request.
type wire struct{ got *http.Request }

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.got = r
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer)), ContentLength: -1, Request: r}, nil
}

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func hello(model, key string) *llm.Request {
	return &llm.Request{
		Model: model, Messages: []llm.Message{{Role: llm.User, Content: llm.Text("Say hello.")}}, Credentials: llm.Credentials{Key: key},
	}
}

func newDriver(t *testing.T, transport http.RoundTripper, v bedrock.Vendor) *llmhttp.Driver {
	t.Helper()
	v.Now = noon
	d, err := bedrock.New(&llmhttp.Client{Transport: transport}, v)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The expected signatures were made by botocore 1.44.5 for the same requests.
func TestSignature(t *testing.T) {
	const access = "AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	for _, c := range []struct {
		name, region, model, key string
		stream                   bool
		url, token, want         string
	}{
		{
			name: "model id", region: "us-east-1", model: "anthropic.claude-3-haiku-20240307-v1:0", key: access,
			url: "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse",
			want: "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260301/us-east-1/bedrock/aws4_request, " +
				"SignedHeaders=content-length;content-type;host;x-amz-date, Signature=4eac0810074ac00647781809e962ab562726d77cbc22a870abdbd38be19dff5a",
		},
		{
			name: "ARN and session", region: "eu-west-1", model: "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc d",
			key: access + ":IQoJb3JpZ2luX2VjEXAMPLE//token==", token: "IQoJb3JpZ2luX2VjEXAMPLE//token==", stream: true,
			url: "https://bedrock-runtime.eu-west-1.amazonaws.com/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Aapplication-inference-profile%2Fabc%20d/converse-stream",
			want: "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260301/eu-west-1/bedrock/aws4_request, " +
				"SignedHeaders=content-length;content-type;host;x-amz-date;x-amz-security-token, Signature=aac50457756890846ad9611510692edd921cc2ff082ec4d9f5949ea4d0322ff7",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &wire{}
			d := newDriver(t, w, bedrock.Vendor{Region: c.region})
			if c.stream {
				for _, err := range d.Stream(t.Context(), hello(c.model, c.key)) {
					_ = err // only the request matters
				}
			} else if _, err := d.Generate(t.Context(), hello(c.model, c.key)); err != nil {
				t.Fatal(err)
			}
			h := w.got.Header
			got := []string{w.got.URL.String(), h.Get("Authorization"), h.Get("X-Amz-Date"), h.Get("X-Amz-Security-Token"), h.Get("Content-Type")}
			if d := cmp.Diff([]string{c.url, c.want, "20260301T120000Z", c.token, "application/json"}, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

const (
	testAccess  = "AKIDEXAMPLE"
	testSecret  = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	testSession = "IQoJb3JpZ2luX2VjEXAMPLE//token=="
)

// signature computes AWS Signature Version 4 over a request as it arrived.
func signature(r *http.Request, body []byte, region string) string {
	_, names, _ := strings.Cut(r.Header.Get("Authorization"), "SignedHeaders=")
	names, _, _ = strings.Cut(names, ",")
	path, query, _ := strings.Cut(r.RequestURI, "?")
	canonical := []string{r.Method, strings.ReplaceAll(path, "%", "%25"), query}
	for name := range strings.SplitSeq(names, ";") {
		value := r.Header.Get(name)
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = fmt.Sprint(r.ContentLength)
		}
		canonical = append(canonical, name+":"+value)
	}
	hash := func(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }
	mac := func(key []byte, text string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	canonical = append(canonical, "", names, hash(body))
	when := r.Header.Get("X-Amz-Date")
	scope := when[:8] + "/" + region + "/bedrock/aws4_request"
	key := []byte("AWS4" + testSecret)
	for _, part := range []string{when[:8], region, "bedrock", "aws4_request"} {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, "AWS4-HMAC-SHA256\n"+when+"\n"+scope+"\n"+hash([]byte(strings.Join(canonical, "\n")))))
}

func TestWhatArrivesIsWhatWasSigned(t *testing.T) {
	for _, c := range []struct{ name, model, base, key string }{
		{"model id", "anthropic.claude-3-haiku-20240307-v1:0", "", testAccess + ":" + testSecret},
		{"ARN", "arn:aws:bedrock:us-east-1:1:inference-profile/us.meta.llama", "", testAccess + ":" + testSecret},
		{"session", "m", "", testAccess + ":" + testSecret + ":" + testSession},
		{"odd characters", "a b+c&d=e?f#g%h~i\"ü", "", testAccess + ":" + testSecret},
		{"a base path and a query", "m/n:o", "/aws/bedrock/?b=2&a=1", testAccess + ":" + testSecret},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got, want string
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				_, got, _ = strings.Cut(r.Header.Get("Authorization"), "Signature=")
				want = signature(r, body, "us-east-1")
				_, _ = io.WriteString(w, answer)
			}))
			t.Cleanup(s.Close)
			d := newDriver(t, llmhttp.NewTransport(), bedrock.Vendor{BaseURL: s.URL + c.base})
			if _, err := d.Generate(t.Context(), hello(c.model, c.key)); err != nil {
				t.Fatal(err)
			}
			if got != want || got == "" {
				t.Errorf("signature %q, want %q", got, want)
			}
		})
	}
}

func TestHostAndRegion(t *testing.T) {
	for _, c := range []struct{ name, region, base, call, url, want string }{
		{"region", "ap-southeast-2", "", "", "https://bedrock-runtime.ap-southeast-2.amazonaws.com", "ap-southeast-2"},
		{"China", "cn-north-1", "", "", "https://bedrock-runtime.cn-north-1.amazonaws.com.cn", "cn-north-1"},
		{"Europe's own cloud", "eusc-de-east-1", "", "", "https://bedrock-runtime.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"},
		{"base URL", "eu-west-1", "http://localhost:4010/x", "", "http://localhost:4010/x", "eu-west-1"},
		{"base URL without a region", "", "http://localhost:4010", "", "http://localhost:4010", "us-east-1"},
		{"base URL names its region", "eu-west-1", "https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "", "https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"},
		{"VPC endpoint", "", "https://vpce-1.bedrock-runtime.us-west-2.vpce.amazonaws.com", "", "https://vpce-1.bedrock-runtime.us-west-2.vpce.amazonaws.com", "us-west-2"},
		{"base URL of the call", "eu-west-1", "http://localhost:4010", "https://bedrock-runtime.us-west-2.amazonaws.com:443", "https://bedrock-runtime.us-west-2.amazonaws.com", "us-west-2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &wire{}
			r := hello("m", testAccess+":"+testSecret)
			r.Credentials.BaseURL = c.call
			if _, err := newDriver(t, w, bedrock.Vendor{Region: c.region, BaseURL: c.base}).Generate(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			scope := strings.Split(w.got.Header.Get("Authorization"), "/")
			if d := cmp.Diff([]string{c.url + "/model/m/converse", c.want}, []string{w.got.URL.String(), scope[2]}); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestNewRefusesWhatIsNoBaseURL(t *testing.T) {
	if _, err := bedrock.New(&llmhttp.Client{}, bedrock.Vendor{BaseURL: "localhost:4010"}); err == nil {
		t.Error("it was accepted")
	}
}

// sent is what a call's header says of its credentials.
func sent(w *wire) string {
	if w.got == nil {
		return ""
	}
	head, _, _ := strings.Cut(w.got.Header.Get("Authorization"), "/")
	return strings.TrimSpace(head + " " + w.got.Header.Get("X-Amz-Security-Token"))
}

func TestCredentials(t *testing.T) {
	broken := errors.New("the SSO session of ASIAIOSFODNN7EXAMPLE has expired")
	own := func(c bedrock.Credentials, err error) func(context.Context) (bedrock.Credentials, error) {
		return func(context.Context) (bedrock.Credentials, error) { return c, err }
	}
	keys := bedrock.Credentials{AccessKeyID: "OWN", SecretAccessKey: "s", SessionToken: "t"}
	for _, c := range []struct {
		name   string
		key    string
		own    func(context.Context) (bedrock.Credentials, error)
		sent   string
		reason errs.Reason
	}{
		{"API key of the call", "bedrock-api-key-YWJj", own(keys, nil), "Bearer bedrock-api-key-YWJj", ""},
		{"access keys of the call", "CALL:s3cr3t", own(keys, nil), "AWS4-HMAC-SHA256 Credential=CALL", ""},
		{"session of the call", " CALL:s3cr3t:session\n", nil, "AWS4-HMAC-SHA256 Credential=CALL session", ""},
		{"own access keys", "", own(keys, nil), "AWS4-HMAC-SHA256 Credential=OWN t", ""},
		{"own API key", "", own(bedrock.Credentials{Bearer: "ABSKabc"}, nil), "Bearer ABSKabc", ""},
		{"none", "", nil, "", errs.ProviderKeyMissing},
		{"own are none", "", own(bedrock.Credentials{}, nil), "", errs.ProviderKeyMissing},
		{"own are broken", "", own(bedrock.Credentials{}, broken), "", errs.ProviderKeyMissing},
		{"secret is empty", "CALL:", nil, "", errs.InvalidAPIKey},
		{"too many parts", "a:b:c:d", nil, "", errs.InvalidAPIKey},
		{"line break", "a\r\nX-Evil: b", nil, "", errs.InvalidAPIKey},
		{"not ASCII", "schlüssel", nil, "", errs.InvalidAPIKey},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, stream := range []bool{false, true} {
				w := &wire{}
				d := newDriver(t, w, bedrock.Vendor{Region: "us-east-1", Credentials: c.own})
				err := call(t, d, hello("m", c.key), stream)
				if got := sent(w); got != c.sent {
					t.Errorf("stream %v: sent %q, want %q", stream, got, c.sent)
				}
				if c.reason == "" {
					continue
				}
				e := errs.From(err)
				if e.Reason != c.reason || e.Param != "provider_api_keys.bedrock" || e.Origin != "" || e.Provider != "bedrock" {
					t.Errorf("stream %v: %+v", stream, e)
				}
				if shown := fmt.Sprintf("%v %v %v", e, e.Message, e.Err); strings.Contains(shown, "ASIAIOSFODNN7") || strings.Contains(e.Message, "SSO") {
					t.Errorf("it shows %s", shown)
				}
			}
		})
	}
}

// call makes a call whose answer does not matter.
func call(t *testing.T, d *llmhttp.Driver, r *llm.Request, stream bool) error {
	t.Helper()
	if !stream {
		_, err := d.Generate(t.Context(), r)
		return err
	}
	var last error
	for _, err := range d.Stream(t.Context(), r) {
		last = err
	}
	return last
}

func TestPlacesThatAreNone(t *testing.T) {
	const noRegion = "Amazon Bedrock is called in a region, as us-east-1, and none is set. Set AWS_REGION on the server."
	const badRegion = "Amazon Bedrock is called in a region, as us-east-1, and what is set is none. Set AWS_REGION on the server."
	for _, c := range []struct{ region, base, param, message string }{
		{"", "", "", noRegion},
		{"Ireland", "", "", badRegion},
		{"aws-global", "", "", badRegion},
		{"evil-1-2.example.com/", "", "", badRegion},
		{"", "ftp://example.com", "base_url", "The base URL given for Amazon Bedrock is not an http or https URL."},
	} {
		r := hello("m", "key")
		r.Credentials.BaseURL = c.base
		w := &wire{}
		e := errs.From(call(t, newDriver(t, w, bedrock.Vendor{Region: c.region}), r, false))
		if d := cmp.Diff([]string{string(errs.EndpointNotFound), c.param, c.message}, []string{string(e.Reason), e.Param, e.Message}); d != "" || w.got != nil {
			t.Errorf("%+v: sent %v (-want +got):\n%s", c, w.got, d)
		}
	}
}

func TestCancelledCallIsNoMissingKey(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := newDriver(t, &wire{}, bedrock.Vendor{Region: "us-east-1", Credentials: func(ctx context.Context) (bedrock.Credentials, error) {
		return bedrock.Credentials{}, fmt.Errorf("chain: %w", ctx.Err())
	}})
	if _, err := d.Generate(ctx, hello("m", "")); !errors.Is(err, context.Canceled) || errs.Is(err, errs.ProviderKeyMissing) {
		t.Errorf("got %v", err)
	}
}

// Amazon explains a wrong signature with the request that it signed itself, credentials included.
func TestNoPartOfTheCredentialsIsShown(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amzn-Errortype", "InvalidSignatureException")
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprintf(w, `{"message":"The request signature we calculated does not match. %s %s %s"}`, testAccess, testSecret, r.Header.Get("X-Amz-Security-Token"))
	}))
	t.Cleanup(s.Close)
	d := newDriver(t, llmhttp.NewTransport(), bedrock.Vendor{BaseURL: s.URL})
	for _, stream := range []bool{false, true} {
		e := errs.From(call(t, d, hello("m", testAccess+":"+testSecret+":"+testSession), stream))
		shown := fmt.Sprintf("%+v %s %v", e.Detail("", ""), e.Body, e)
		if e.Reason != errs.InvalidAPIKey || slices.ContainsFunc([]string{testAccess, testSecret, testSession}, func(s string) bool { return strings.Contains(shown, s) }) {
			t.Errorf("stream %v: %s", stream, shown)
		}
	}
}

func TestOwnCredentialsGoToNoBaseURLOfACaller(t *testing.T) {
	w := &wire{}
	d := newDriver(t, w, bedrock.Vendor{Credentials: func(context.Context) (bedrock.Credentials, error) {
		return bedrock.Credentials{Bearer: "own"}, nil
	}})
	r := hello("m", "")
	r.Credentials.BaseURL = "https://example.com"
	e := errs.From(call(t, d, r, false))
	if e.Reason != errs.ProviderKeyMissing || w.got != nil {
		t.Errorf("%v, sent %v", e, w.got)
	}
}
