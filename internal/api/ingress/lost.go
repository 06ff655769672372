package ingress

// Hints returns what clients are told whose base URL is wrong, by prefixes of the paths that they ask for then.
func Hints() map[string]string {
	const (
		twice = "This client adds /v1 by itself: give it a base URL without /v1."
		never = "This client needs a base URL that ends in /v1."
	)
	out := map[string]string{}
	for _, base := range []string{"", "/openai", "/anthropic"} {
		out[base+"/v1/v1/"] = twice
		for _, path := range []string{"/chat/completions", "/completions", "/responses", "/embeddings", "/models", "/messages"} {
			out[base+path] = never
		}
	}
	return out
}
