package llm

import "context"

// Embeddings is the endpoint of a request for vectors. No Prompt is written for it.
const Embeddings Endpoint = "embeddings"

// Passages are what vectors are asked for: Texts, or in place of them Tokens.
type Passages struct {
	Texts      []string
	Tokens     [][]int64 // as the model's tokenizer makes them
	Dimensions int       // numbers of a vector; 0 means as many as the model has
	InputType  string    // what the vectors are for, in Cohere's words, as "search_query"; "" means that nobody says it
}

// Len returns the number of passages.
func (p *Passages) Len() int { return max(len(p.Texts), len(p.Tokens)) }

// Part returns the passages from the index from up to, and without, to.
func (p *Passages) Part(from, to int) *Passages {
	out := *p
	if p.Texts != nil {
		out.Texts = p.Texts[from:to]
	}
	if p.Tokens != nil {
		out.Tokens = p.Tokens[from:to]
	}
	return &out
}

// Embedder is a [Driver] whose vendor makes vectors.
type Embedder interface {
	// Embed returns the Vectors of r.Passages, one each and in their order, without a Message. The Endpoint of r is [Embeddings]. Errors are as
	// of [Driver]; a vendor or a model that makes none is unsupported_parameter.
	Embed(ctx context.Context, r *Request) (*Response, error)
}

// Counter is a [Driver] whose vendor counts tokens.
type Counter interface {
	// Count returns how many tokens the prompt of r has, without asking for an answer. Errors are as of [Driver]; a vendor or a model
	// whose tokens nobody counts is unsupported_parameter.
	Count(ctx context.Context, r *Request) (int64, error)
}
