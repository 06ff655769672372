package responses

import (
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
)

// The codes of an answer that failed after it had begun. Clients know no others, and decide by them whether to ask again.
const (
	codeServer  = "server_error"
	codeLimited = "rate_limit_exceeded"
	codeQuota   = "insufficient_quota"
	codeInvalid = "invalid_prompt"
	codeTooLong = "context_length_exceeded"
)

func failed(d *errs.Detail) *ResponseError {
	out := &ResponseError{Code: codeOf(d), Message: d.Message, Openloop: d}
	if out.Code == codeLimited && d.RetryAfter > 0 && !strings.Contains(strings.ToLower(out.Message), tryAgain) {
		out.Message += " Please " + tryAgain + " " + strconv.FormatFloat(d.RetryAfter, 'f', -1, 64) + "s."
	}
	return out
}

// tryAgain is what clients look for in the message to learn how long to wait.
const tryAgain = "try again in"

func codeOf(d *errs.Detail) string {
	words := d.Reason.In(errs.OpenAI)
	switch {
	case words.Code == codeLimited, words.Code == codeQuota, words.Code == codeTooLong:
		return words.Code
	case words.Retry, words.Status >= 500:
		return codeServer
	}
	return codeInvalid
}
