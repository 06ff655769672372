package trace

import "github.com/openloop-server/openloop/internal/json"

// notes is the member of a Log's metadata that the server writes; all others are the caller's.
type notes struct {
	Openloop json.Value `json:"openloop"`
}

// Note adds members, an object, to what the server itself says in the metadata of a Log, and returns the metadata.
func Note(metadata, members json.Value) json.Value {
	metadata = json.ObjectOrEmpty(metadata)
	all, err := json.Merge(json.ObjectOrEmpty(Notes(metadata)), members)
	if err != nil {
		return metadata
	}
	noted, err := json.Merge(metadata, append(append([]byte(`{"openloop":`), all...), '}'))
	if err != nil {
		return metadata
	}
	return noted
}

// Notes returns what the server itself says in the metadata of a Log; nil for nothing.
func Notes(metadata json.Value) json.Value {
	var n notes
	if len(metadata) == 0 || json.UnmarshalForeign(metadata, &n) != nil {
		return nil
	}
	return json.Object(n.Openloop)
}
