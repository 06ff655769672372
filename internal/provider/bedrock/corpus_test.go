package bedrock_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/provider/bedrock"
)

// fixture is a failure as Bedrock really sent it. The corpus's header explains the fields.
type fixture struct {
	ID         string            `json:"id"`
	Provider   string            `json:"provider"`
	Phase      string            `json:"phase"`
	HTTPStatus int               `json:"http_status"`
	Headers    map[string]string `json:"headers"`
	Body       string            `json:"body"`
	Encoding   string            `json:"body_encoding"`
	Expected   struct {
		Code          int         `json:"code"`
		Reason        errs.Reason `json:"reason"`
		Retryable     bool        `json:"retryable"`
		Origin        string      `json:"origin"`
		Message       string      `json:"message"`
		ProviderCode  *string     `json:"provider_code"`
		RequestID     *string     `json:"provider_request_id"`
		PartialOutput bool        `json:"partial_output"`
	} `json:"expected"`
}

func fixtures(t *testing.T) (own []fixture) {
	t.Helper()
	raw, err := os.ReadFile("../../llm/failure/testdata/corpus.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Fixtures []fixture `json:"fixtures"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	for _, f := range doc.Fixtures {
		if f.Provider == "bedrock" {
			own = append(own, f)
		}
	}
	if len(own) < 16 {
		t.Fatalf("the corpus has only %d fixtures of bedrock", len(own))
	}
	return own
}

func (f *fixture) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	body := []byte(f.Body)
	if f.Encoding == "base64" {
		body, _ = base64.StdEncoding.DecodeString(f.Body)
	}
	for name, value := range f.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(f.HTTPStatus)
	_, _ = w.Write(body)
}

// TestCorpus replays what Bedrock really sent, over HTTP.
func TestCorpus(t *testing.T) {
	for _, f := range fixtures(t) {
		t.Run(f.ID, func(t *testing.T) {
			s := httptest.NewServer(&f)
			t.Cleanup(s.Close)
			d := newDriver(t, llmhttp.NewTransport(), bedrock.Vendor{BaseURL: s.URL})
			e := errs.From(call(t, d, hello("m", testAccess+":"+testSecret), f.Phase != "non_stream"))
			got, want := e.Detail("", ""), f.Expected
			type facts struct {
				Code             int
				Reason           errs.Reason
				Retryable        bool
				Origin, Message  string
				ProviderCode, ID string
				Partial          bool
			}
			expected := facts{want.Code, want.Reason, want.Retryable, want.Origin, want.Message, got.ProviderCode, got.ProviderRequestID, want.PartialOutput}
			if want.ProviderCode != nil {
				expected.ProviderCode = *want.ProviderCode
			}
			if want.RequestID != nil {
				expected.ID = *want.RequestID
			}
			if d := cmp.Diff(expected, facts{got.Code, got.Reason, got.Retryable, got.Origin, got.Message, got.ProviderCode, got.ProviderRequestID, got.PartialOutput}); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if strings.Contains(string(e.Body)+got.Message, testSecret) {
				t.Error("the secret is shown")
			}
		})
	}
}
