package llm

import "slices"

// Parameters returns the names of a Prompt's parameters, and of a call's, that an endpoint with these abilities takes, sorted. Those that no
// ability decides are always among them.
func (a *Abilities) Parameters() []string {
	out := []string{"max_tokens", "other", "temperature", "top_p"}
	for i := range refusals {
		if r := &refusals[i]; r.param != "messages" && r.taken(a) && !slices.Contains(out, r.param) {
			out = append(out, r.param)
		}
	}
	if a.FreeTools { // it takes the choices that demand no call
		out = append(out, "tool_choice")
	}
	if a.User {
		out = append(out, "user")
	}
	slices.Sort(out)
	return out
}
