package gateway

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// fillIn gives r, the request of a version, what the caller asks for and the version leaves open. Tools are joined; of two with one name the
// version's stays. It returns the names of the parameters that the version sets otherwise.
func fillIn(r, asked *llm.Request) (overruled []string) {
	if asked == nil {
		return nil
	}
	for _, p := range []struct {
		name     string
		differed bool
	}{
		{"max_tokens", fill(&r.MaxTokens, asked.MaxTokens)},
		{"temperature", fill(&r.Temperature, asked.Temperature)},
		{"top_p", fill(&r.TopP, asked.TopP)},
		{"presence_penalty", fill(&r.PresencePenalty, asked.PresencePenalty)},
		{"frequency_penalty", fill(&r.FrequencyPenalty, asked.FrequencyPenalty)},
		{"seed", fill(&r.Seed, asked.Seed)},
		{"response_format", fill(&r.ResponseFormat, asked.ResponseFormat)},
		{"reasoning_effort", fill(&r.Effort, asked.Effort)},
		{"stop", fillStop(r, asked.Stop)},
	} {
		if p.differed {
			overruled = append(overruled, p.name)
		}
	}
	r.User = cmp.Or(r.User, asked.User)
	r.Other = joined(r.Other, asked.Other)
	r.ParallelTools, r.TopK, r.ServiceTier, r.Verbosity = asked.ParallelTools, asked.TopK, asked.ServiceTier, asked.Verbosity
	r.LogitBias, r.HideThinking, r.Cache, r.Strict = asked.LogitBias, asked.HideThinking, asked.Cache, asked.Strict
	own := r.Tools
	r.Tools = slices.Clip(own)
	for i := range asked.Tools {
		t := &asked.Tools[i]
		if !slices.ContainsFunc(own, func(o llm.Tool) bool { return o.Name == t.Name }) {
			r.Tools = append(r.Tools, *t)
		}
	}
	return overruled
}

// joined returns the members of both; those of own win. Neither is changed.
func joined(own, asked json.Value) json.Value {
	if len(asked) == 0 {
		return own
	}
	both, err := json.Merge(asked, own)
	if err != nil { // own is no object, which its driver refuses
		return own
	}
	return both
}

// fill sets *of, unless it is set. It reports whether it is set to something else than what was asked for.
func fill[T comparable](of *T, asked T) (differed bool) {
	var none T
	if *of == none {
		*of = asked
		return false
	}
	return asked != none && !reflect.DeepEqual(*of, asked)
}

func fillStop(r *llm.Request, asked []string) (differed bool) {
	if len(r.Stop) == 0 {
		r.Stop = asked
		return false
	}
	return len(asked) > 0 && !slices.Equal(r.Stop, asked)
}
