package json

import "errors"

// Merge returns the JSON object that has the members of base and over; a name in both has over's value. Members come sorted.
// An absent or null over gives base as it is.
func Merge(base, over Value) (Value, error) {
	if len(over) == 0 || Kind(over) == 'n' {
		return base, nil
	}
	if Kind(base) != '{' || Kind(over) != '{' {
		return nil, errors.New("only objects can be merged")
	}
	var members map[string]Value
	if err := UnmarshalForeign(base, &members); err != nil {
		return nil, err
	}
	if err := UnmarshalForeign(over, &members); err != nil {
		return nil, err
	}
	return Marshal(members)
}
