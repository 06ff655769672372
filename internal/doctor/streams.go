package doctor

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The stream that is asked for: paced words of the mock provider. Its Log has no content.
const (
	pacedCall = `{"path":"openloop/doctor","prompt":{"provider":"mock","model":"lorem/8/100ms"},"messages":[{"role":"user","content":"x"}],"stream":true,"save":false}`
	pacedTime = 700 * time.Millisecond // between the first and the last word
)

var proxyStreams = ofPublic(func(ctx context.Context, p *patient, u *url.URL) sight {
	switch {
	case p.cfg.APIKey == "":
		return skip("OPENLOOP_API_KEY is not set.")
	case u.Scheme != "https" && !isLoopback(u.Hostname()):
		return skip("The key is not sent without encryption.")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.cfg.PublicURL+"/v5/prompts/call", strings.NewReader(pacedCall))
	if err != nil {
		return skip("The public URL is none.")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Encoding", "identity")
	r.Header.Set("X-API-KEY", p.cfg.APIKey)
	resp, err := p.client.Do(r)
	if err != nil {
		return skip("No stream comes: %s.", unreached(err))
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if resp.StatusCode != http.StatusOK {
		return skip("A call is answered by %s.", resp.Status)
	}
	var first, last time.Time
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), "data:") {
			continue
		}
		last = time.Now()
		if first.IsZero() {
			first = last
		}
	}
	return judgeStream(last.Sub(first))
})

// judgeStream says whether the words of the stream came one by one, by the time between the first and the last.
func judgeStream(took time.Duration) sight {
	format := "The words of a stream of %s came within %s."
	if took < pacedTime/2 {
		return fail(format, pacedTime, round(took))
	}
	return fine(format, pacedTime, round(took))
}
