package models

import (
	"strings"

	"github.com/openloop-server/openloop/internal/vendor"
)

// sells is the provider whose models a provider sells under the same names at the same prices, or "".
func sells(provider string) string {
	v, _ := vendor.Of(provider)
	return v.Sells
}

// appendAliases appends the other names under which a catalogue may have a model, the most specific first.
//
// A rule exists only if the provider has one price under the shorter name. Hosts of open models (OpenRouter, Together, Fireworks, Groq),
// Mistral and Cohere have no rule, because their dates distinguish models of different size and price.
func appendAliases(dst []string, provider, id string) []string {
	switch provider {
	case "google":
		return appendGoogle(dst, id, strings.TrimPrefix(id, "models/"))
	case "vertex_ai":
		return appendGoogle(dst, id, vertexName(id))
	case "bedrock":
		return appendBedrock(dst, id)
	case "replicate": // owner/name:version
		name, _, _ := strings.Cut(id, ":")
		return append(dst, name)
	}
	v, _ := vendor.Of(provider)
	return appendCut(dst, id, v.Endings...)
}

// appendCut appends id without the first matching ending. In an ending, 0 stands for any digit.
func appendCut(dst []string, id string, endings ...string) []string {
	for _, ending := range endings {
		if head, ok := cutEnding(id, ending); ok {
			return append(dst, head)
		}
	}
	return dst
}

func cutEnding(id, ending string) (string, bool) {
	head := len(id) - len(ending)
	if head <= 0 {
		return id, false
	}
	for i := range len(ending) {
		c := id[head+i]
		if ending[i] == '0' && c >= '0' && c <= '9' {
			continue
		}
		if ending[i] != c || ending[i] == '0' {
			return id, false
		}
	}
	return id[:head], true
}

// appendGoogle appends the name in a resource path, without the stable version (-001) or -latest.
func appendGoogle(dst []string, id, name string) []string {
	if name != id {
		dst = append(dst, name)
	}
	return appendCut(dst, name, "-000", "-latest")
}

// vertexName returns the name in projects/…/publishers/google/models/NAME, publishers/google/models/NAME or google/NAME.
func vertexName(id string) string {
	const folder = "publishers/google/models/"
	if i := strings.LastIndex(id, folder); i >= 0 {
		return id[i+len(folder):]
	}
	return strings.TrimPrefix(id, "google/")
}

// appendBedrock appends the model in an ARN, and the model without the region of an inference profile. A region that is not listed costs as
// much as the United States; the global profile has a price of its own.
func appendBedrock(dst []string, id string) []string {
	name := id
	if strings.HasPrefix(id, "arn:") {
		kind, tail, _ := strings.Cut(id, "/")
		if !strings.HasSuffix(kind, ":foundation-model") && !strings.HasSuffix(kind, ":inference-profile") {
			return dst
		}
		name = tail
		dst = append(dst, name)
	}
	region, bare, found := strings.Cut(name, ".")
	switch {
	case !found:
		return dst
	case region == "global":
		return append(dst, bare)
	case isBedrockRegion(region):
		return append(dst, "us."+bare, bare)
	}
	return append(dst, "us."+name)
}

// isBedrockRegion reports whether s is the prefix of an inference profile. US government regions (us-gov) are missing because their prices
// differ from all others.
func isBedrockRegion(s string) bool {
	switch s {
	case "us", "eu", "apac", "ap", "jp", "au", "ca", "in", "sa", "me", "af", "mx", "il":
		return true
	}
	return false
}
