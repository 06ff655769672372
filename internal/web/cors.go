package web

import (
	"net/http"
	"slices"
	"strings"
)

const (
	corsHeaders = "authorization, x-api-key, api-key, content-type, content-encoding, x-request-id, x-openloop-strict, mcp-protocol-version, mcp-method, mcp-name, " +
		"anthropic-version, anthropic-beta, x-stainless-arch, x-stainless-lang, x-stainless-os, x-stainless-package-version, x-stainless-retry-count, " +
		"x-stainless-runtime, x-stainless-runtime-version, x-stainless-timeout, x-openloop-path, x-openloop-environment, x-openloop-user, x-openloop-metadata, " +
		"x-openloop-key, x-openloop-provider-key, x-openloop-trace-parent, x-openloop-timeout, x-openloop-cache, x-openloop-priority"
	corsExposed = "x-request-id, request-id, x-openloop-log-id, x-openloop-provider, x-openloop-model, x-openloop-attempts, x-openloop-cost, x-openloop-cache, age, " +
		"x-openloop-ignored, x-error-origin, x-error-reason, x-should-retry, retry-after"
	corsMaxAge = "600" // seconds
)

// crossOrigin adds the headers that let a page of an allowed origin read the answer. It answers a preflight itself, and reports whether it
// did. Credentials are never allowed: keys come in headers, not in cookies.
func (s *Server) crossOrigin(c *exchange, r *http.Request) bool {
	h := c.Header()
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" || !s.allows(origin) {
		return false
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", corsExposed)
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	at, _ := s.paths.find(r)
	if at == nil {
		return false
	}
	h.Set("Access-Control-Allow-Methods", strings.Join(at.methods, ", "))
	h.Set("Access-Control-Allow-Headers", corsHeaders)
	h.Set("Access-Control-Max-Age", corsMaxAge)
	c.WriteHeader(http.StatusNoContent)
	return true
}

func (s *Server) allows(origin string) bool {
	return slices.Contains(s.opts.AllowedOrigins, "*") || slices.Contains(s.opts.AllowedOrigins, origin)
}
