package bedrock

import "github.com/openloop-server/openloop/internal/json"

const (
	modelFields     = "additionalModelRequestFields"
	inferenceConfig = "inferenceConfig"
)

// isMember reports whether name is a member of a Converse request. Any other is a parameter of the model.
func isMember(name string) bool {
	switch name {
	case modelFields, inferenceConfig, "additionalModelResponseFieldPaths", "guardrailConfig", "messages", "outputConfig",
		"performanceConfig", "promptVariables", "requestMetadata", "serviceTier", "system", "toolConfig":
		return true
	}
	return false
}

// merge puts the members of other into the body of a call.
func merge(body, other json.Value) (json.Value, error) {
	if len(other) == 0 || json.Kind(other) == 'n' {
		return body, nil
	}
	var given, out map[string]json.Value
	if err := json.UnmarshalForeign(other, &given); err != nil {
		return nil, err
	}
	if err := json.UnmarshalForeign(body, &out); err != nil {
		return nil, err
	}
	ofModel := map[string]json.Value{}
	for name, v := range given {
		switch {
		case !isMember(name):
			ofModel[name] = v
		case name != modelFields && name != inferenceConfig:
			out[name] = v
		}
	}
	if len(ofModel) > 0 {
		fields, err := json.Marshal(ofModel)
		if err != nil {
			return nil, err
		}
		if err := mergeMember(out, modelFields, fields); err != nil {
			return nil, err
		}
	}
	for _, name := range [...]string{modelFields, inferenceConfig} {
		if err := mergeMember(out, name, given[name]); err != nil {
			return nil, err
		}
	}
	return json.Marshal(out)
}

// mergeMember merges over into the object that is a member of out. Nothing absent is added.
func mergeMember(out map[string]json.Value, name string, over json.Value) error {
	if len(over) == 0 || json.Kind(over) == 'n' {
		return nil
	}
	base := out[name]
	if base == nil {
		base = json.Value("{}")
	}
	merged, err := json.Merge(base, over)
	out[name] = merged
	return err
}
