package llm

import "github.com/openloop-server/openloop/internal/json"

// Body is the JSON of a vendor's request with the members of other, which win.
func Body(request any, other json.Value) (json.Value, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return nil, Invalid("", "A value of the request cannot be written as JSON.", err)
	}
	merged, err := json.Merge(body, other)
	if err != nil {
		return nil, Invalid("other", "The member other has to be a JSON object.", err)
	}
	return merged, nil
}
