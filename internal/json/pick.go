package json

import "slices"

// Pick returns the members of an object that are named, sorted by name. The error is that of reading the object.
func Pick(object Value, names ...string) (Value, error) {
	var members map[string]Value
	if err := UnmarshalForeign(object, &members); err != nil {
		return nil, err
	}
	for name := range members {
		if !slices.Contains(names, name) {
			delete(members, name)
		}
	}
	return Marshal(members)
}
