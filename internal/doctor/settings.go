package doctor

import (
	"context"
	"net"
	"strings"

	"github.com/openloop-server/openloop/internal/config"
)

func settings(_ context.Context, p *patient) sight {
	if p.invalid != nil {
		return fail("%s", oneLine(p.invalid.Error()))
	}
	return fine("")
}

func unknownSettings(_ context.Context, p *patient) sight {
	if unknown := config.Unknown(p.Environ); len(unknown) > 0 {
		return warn("%s", strings.Join(unknown, " "))
	}
	return fine("")
}

func openMetrics(_ context.Context, p *patient) sight {
	host, _, err := net.SplitHostPort(p.cfg.Addr)
	if err == nil && p.cfg.OpenMetrics() && !isLoopback(host) {
		return warn("OPENLOOP_METRICS_OPEN is true, and OPENLOOP_ADDR is no loopback address.")
	}
	return fine("")
}

// isLoopback reports whether a host is this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// oneLine is the lines of a text as sentences.
func oneLine(text string) string {
	var all []string
	for line := range strings.Lines(text) {
		all = append(all, sentence(line))
	}
	return strings.Join(all, " ")
}
