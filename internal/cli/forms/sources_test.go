package forms

import "testing"

func TestFlagsNameSourcesThatThereAre(t *testing.T) {
	for flag, source := range sourceOf {
		if !Sourced(source) {
			t.Errorf("-%s has the source %s, which there is not", flag, source)
		}
	}
}
