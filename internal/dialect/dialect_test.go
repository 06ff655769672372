package dialect_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

func TestFailures(t *testing.T) {
	for _, test := range []struct {
		err               errs.Error
		openAI, anthropic string
	}{
		{
			errs.Error{Reason: errs.RateLimited, Message: "Slow down.", RetryAfter: 2 * time.Second},
			`429 true {"error":{"message":"Slow down.","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded","openloop":…}}`,
			`429 true {"type":"error","error":{"type":"rate_limit_error","message":"Slow down."},"request_id":"req_1","openloop":…}`,
		},
		{
			errs.Error{Reason: errs.RateLimited, Message: "Slow down.", RetryAfter: 121 * time.Second}, // no client should wait for that
			`429 false {"error":{"message":"Slow down.","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded","openloop":…}}`,
			`429 false {"type":"error","error":{"type":"rate_limit_error","message":"Slow down."},"request_id":"req_1","openloop":…}`,
		},
		{
			errs.Error{Reason: errs.ModelNotFound, Message: "There is none.", Param: "model"},
			`404 false {"error":{"message":"There is none.","type":"invalid_request_error","param":"model","code":"model_not_found","openloop":…}}`,
			`404 false {"type":"error","error":{"type":"not_found_error","message":"model: There is none."},"request_id":"req_1","openloop":…}`,
		},
		{
			errs.Error{Reason: errs.ContextLengthExceeded, Message: "prompt is too long: 9 tokens > 8 maximum"},
			`400 false {"error":{"message":"prompt is too long: 9 tokens > 8 maximum","type":"invalid_request_error","param":null,"code":"context_length_exceeded","openloop":…}}`,
			`400 false {"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens > 8 maximum"},"request_id":"req_1","openloop":…}`,
		},
		{
			errs.Error{Reason: errs.ContextLengthExceeded, Message: "Too many tokens."},
			`400 false {"error":{"message":"Too many tokens.","type":"invalid_request_error","param":null,"code":"context_length_exceeded","openloop":…}}`,
			`400 false {"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: Too many tokens."},"request_id":"req_1","openloop":…}`,
		},
	} {
		d := test.err.Detail("req_1", "")
		whole, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		for words, f := range map[string]dialect.Failed{test.openAI: dialect.OpenAI(&d), test.anthropic: dialect.Anthropic(&d)} {
			body, err := json.Marshal(f.Body)
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(f.Status, " ", f.RetryHeader(&d), " ", string(body))
			want := strings.ReplaceAll(words, "…", string(whole))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
	}
}
