package json

import "errors"

// Merge returns a JSON object with the members of base and over, sorted by name. A name in both has the value of over. If over is absent or
// null, it returns base.
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
