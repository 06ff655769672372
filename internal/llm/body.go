package llm

import "github.com/openloop-server/openloop/internal/json"

// Body encodes a vendor's request as JSON and merges the members of other into it. Members of other win. Both errors are invalid_request: a
// value cannot be encoded, or other is not an object.
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
