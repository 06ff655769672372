package failure

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/netguard"
)

// Clock names a clock of our own that ended a call.
type Clock int

// The clocks of a call.
const (
	Headers Clock = iota // no response headers arrived in time
	Silence              // no byte arrived for too long
	Idle                 // bytes arrived, but no output for too long
	Total                // the call as a whole took too long
)

// Transport reports why no usable answer arrived: connection refused, unknown host, TLS, closed before the headers. The result is an
// [*errs.Error]. Two errors are returned unchanged: nil, and a cancelled context, which is not a failure of the provider. The origin
// is the gateway, because no status line of the provider arrived. The message holds no address, except that of a server on this
// machine, which the operator has to start.
func (c Call) Transport(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if classified, ok := errors.AsType[*errs.Error](err); ok {
		return classified
	}
	reason, what := transportFault(err)
	e := c.own(reason, fmt.Sprintf(what, c.name())+where(err), err)
	if isPrivate(err) {
		e.Param = "base_url"
	}
	return e
}

// Deadline reports that a clock of our own ended the call after the given time. The origin is the gateway, even inside a stream.
func (c Call) Deadline(what Clock, after time.Duration) *errs.Error {
	message := map[Clock]string{
		Headers: "%s did not begin to answer within %s.",
		Silence: "%s sent nothing for %s.",
		Idle:    "%s produced no output for %s.",
		Total:   "The call to %s took longer than %s.",
	}[what]
	if message == "" {
		message = "%s did not answer within %s."
	}
	return c.own(errs.Timeout, fmt.Sprintf(message, c.name(), spoken(after)), nil)
}

// BadKey reports a key that was not sent because no header can hold it.
func (c Call) BadKey() *errs.Error {
	return c.own(errs.InvalidAPIKey, fmt.Sprintf("The API key for %s holds a line break or another control character, which no key does. It was not sent.", c.name()), nil)
}

// BadModel reports a model whose name was not sent because it would change the path of the URL.
func (c Call) BadModel() *errs.Error {
	e := c.own(errs.ModelNotFound, fmt.Sprintf("%s has no model whose name holds a segment of dots, like \"..\". It was not asked for it.", c.name()), nil)
	e.Param = "model"
	return e
}

// own reports a failure whose origin is the gateway.
func (c Call) own(reason errs.Reason, message string, err error) *errs.Error {
	return &errs.Error{
		Reason: reason, Message: errs.Clean(message, errs.MaxMessage), Origin: errs.Gateway, Provider: c.Vendor.Slug, Model: c.Model,
		PartialOutput: c.Output, Err: c.redacted(err),
	}
}

// redacted keeps an error's text for the operator, without credentials.
func (c Call) redacted(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if shown := errs.Redact(text, c.Secrets...); shown != text {
		return errors.New(shown)
	}
	return err
}

// spoken writes a duration in words: "60 seconds", "1.5 seconds".
func spoken(d time.Duration) string {
	if d == time.Second {
		return "1 second"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + " seconds"
}

// transportFault returns the reason for err and a sentence, with %s for the provider.
func transportFault(err error) (errs.Reason, string) {
	for _, f := range transportFaults {
		if f.is(err) {
			return f.reason, f.what
		}
	}
	return errs.ProviderUnreachable, "The connection to %s failed before it answered."
}

type transportKind struct {
	is     func(error) bool
	reason errs.Reason
	what   string
}

// transportFaults are tried in this order.
var transportFaults = [...]transportKind{
	{isPrivate, errs.EndpointNotFound, "The base URL given for %s points to a private address, which this server does not allow."},
	{isDNS, errs.ProviderUnreachable, "The host name of %s could not be resolved."},
	{isTLS, errs.ProviderUnreachable, "No secure connection to %s could be made: TLS failed."},
	{isRefused, errs.ProviderUnreachable, "%s refused the connection."},
	{isNoRoute, errs.ProviderUnreachable, "There is no network route to %s."},
	{isTimeout, errs.Timeout, "%s did not answer in time."},
	{isClosed, errs.ProviderUnreachable, "%s closed the connection before it answered."},
	{says("proxyconnect"), errs.ProviderUnreachable, "The proxy on the way to %s failed."},
	{says("stopped after", "redirect"), errs.ProviderUnreachable, "%s redirected the call without end."},
	{says("unsupported protocol scheme", "no Host in request URL", "missing protocol scheme", "invalid URL"), errs.ProviderUnreachable, "The base URL that is set for %s is not an address."},
	{says("malformed HTTP", "malformed MIME", "response headers exceeded", "transport received"), errs.ProviderUnreachable, "%s answered with something that is not HTTP."},
}

// where returns a sentence, after a blank, with the address of this machine at which a connection was
// refused. It returns "" for any other failure.
func where(err error) string {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || !isRefused(err) {
		return ""
	}
	if tcp, ok := op.Addr.(*net.TCPAddr); ok && tcp.IP.IsLoopback() {
		return " Nothing listens at " + tcp.String() + "."
	}
	return ""
}

func isPrivate(err error) bool { return errors.Is(err, netguard.ErrRefused) }

func isDNS(err error) bool { return is[*net.DNSError](err) }

func isTLS(err error) bool {
	return is[*tls.CertificateVerificationError](err) || is[tls.RecordHeaderError](err) || is[tls.AlertError](err) ||
		is[x509.UnknownAuthorityError](err) || says("tls: ", "x509: ", "TLS handshake", "HTTP response to HTTPS client")(err)
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

func isNoRoute(err error) bool {
	return errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH)
}

func isTimeout(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return true
	}
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

func isClosed(err error) bool { return Closed(err) || says("stream error")(err) }

// Closed reports whether err means the end of a connection.
func Closed(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.EPIPE) || says("server closed idle connection", "GOAWAY", "connection broken", "connection lost")(err)
}

// says matches the errors of net/http that have no type, by their texts.
func says(texts ...string) func(error) bool {
	return func(err error) bool {
		text := err.Error()
		for _, t := range texts {
			if strings.Contains(text, t) {
				return true
			}
		}
		return false
	}
}
