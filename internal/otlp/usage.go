package otlp

import (
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
)

// bucket is a kind of token count.
type bucket int

const (
	noBucket bucket = iota
	cacheReads
	cacheWrites
	reasoned
	allTokens
)

// usagePrefixes are the prefixes of counts: of OpenTelemetry (and of pydantic-ai's details below it), the Vercel AI SDK, OpenLLMetry,
// OpenInference.
var usagePrefixes = []string{"gen_ai.usage.", "ai.usage.", "llm.usage.", "llm.token_count."}

// bucketOf finds what an attribute counts from the words in its name. Conventions agree only on the words:
// cache_read.input_tokens, cache_read_input_tokens, cachedInputTokens, inputTokenDetails.cacheReadTokens,
// prompt_details.cache_read, details.cache_read_tokens, input_tokens.cached and details.cached_content_tokens mean the same.
func bucketOf(name string) bucket {
	for _, prefix := range usagePrefixes {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		word := strings.ToLower(strings.NewReplacer(".", "", "_", "", "-", "").Replace(rest))
		switch {
		case containsAny(word, "cost", "rate", "price", "nocache", "uncached", "audio", "image", "video", "ephemeral", "1h", "5m", "miss"):
			return noBucket // money, uncached tokens, and parts of the counts below
		case strings.Contains(word, "cach") && containsAny(word, "writ", "creat"):
			return cacheWrites
		case strings.Contains(word, "cach"):
			return cacheReads
		case containsAny(word, "reasoning", "thought", "thinking"):
			return reasoned
		case word == "total" || word == "totaltokens":
			return allTokens
		}
	}
	return noBucket
}

func containsAny(s string, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(s, word) })
}

// usage reads the token counts into buckets that do not overlap.
func (r *reader) usage() llm.Usage {
	for _, name := range []string{"gen_ai.usage.details", "gen_ai.usage.input_token_details", "gen_ai.usage.output_token_details"} {
		r.spread(name, name+".")
	}
	c := counts{input: r.tokens(inputTokensNames...), output: r.tokens(outputTokensNames...)}
	found := map[bucket]int64{allTokens: -1}
	for name := range r.all {
		if b := bucketOf(name); b != noBucket {
			found[b] = max(found[b], r.tokens(name))
		}
	}
	c.read, c.written, c.reasoned, c.total = found[cacheReads], found[cacheWrites], found[reasoned], found[allTokens]
	u := c.usage()
	for _, name := range []string{"openai.response.service_tier", "gen_ai.openai.response.service_tier", "gen_ai.response.service_tier"} {
		if tier := llm.ServiceTier(r.all[name].Text()); u.Known && tier != "" { // not marked as read, so it stays in the metadata
			u.Tier = tier
		}
	}
	if c.total == u.Prompt()+u.Completion() {
		r.told = allTokens
	}
	return u
}

// tokens is a token count, -1 if it is absent or invalid.
func (r *reader) tokens(names ...string) int64 {
	n := r.int(names...)
	if n == nil || *n < 0 || *n > maxTokens {
		return -1
	}
	return *n
}

const maxTokens = 1 << 53 // the largest exact integer in JSON

// counts are the token counts of a span. input, output and total are -1 if absent.
type counts struct {
	input, output, total int64

	read, written, reasoned int64 // included in input and output, or not; see usage
}

// usage finds out which counts include which. By the conventions, input includes the tokens of the cache, and output those of reasoning. But
// instrumentations pass on the counts of providers, and some exclude them: Anthropic the cache, Gemini its thoughts. The total decides. Without
// a total, a part that exceeds the whole is not included in it.
func (c counts) usage() llm.Usage {
	if c.input < 0 && c.output < 0 {
		return llm.Usage{}
	}
	cached, reasoned := c.read+c.written, c.reasoned
	if c.output < 0 && c.total >= 0 { // follows from the total, and includes reasoning
		c.output = max(c.total-c.input-beside(cached > c.input, cached), 0)
	}
	if c.input < 0 && c.total >= 0 {
		c.input = max(c.total-c.output-beside(reasoned > c.output, reasoned), 0)
	}
	c.input, c.output = max(c.input, 0), max(c.output, 0)
	cacheBeside, reasonedBeside := cached > c.input, reasoned > c.output
	for _, guess := range [][2]bool{{cacheBeside, reasonedBeside}, {cacheBeside, true}, {true, reasonedBeside}, {true, true}} {
		if c.input+beside(guess[0], cached)+c.output+beside(guess[1], reasoned) == c.total {
			cacheBeside, reasonedBeside = guess[0], guess[1]
			break
		}
	}
	prompt, completion := c.input+beside(cacheBeside, cached), c.output+beside(reasonedBeside, reasoned)
	return llm.Usage{
		Input: prompt - cached, CachedInput: c.read, CacheWrite: c.written, Output: completion - reasoned, Reasoning: reasoned, Known: true,
	}
}

// beside is what a part adds to a count: all of it if the count does not include it, otherwise nothing.
func beside(is bool, part int64) int64 {
	if is {
		return part
	}
	return 0
}

// count sets the token counts of the Log.
func count(l *trace.Log, u *llm.Usage) {
	if !u.Known {
		return
	}
	l.PromptTokens, l.OutputTokens = new(u.Prompt()), new(u.Completion())
	if u.Reasoning > 0 {
		l.ReasonTokens = new(u.Reasoning)
	}
}
