package gate

import (
	"testing"
	"time"
)

// FuzzAge reads times that callers give: an accepted one is from a minute to ten years.
func FuzzAge(f *testing.F) {
	for _, text := range []string{"30d", "12h", "1m", "0d", "-1d", "3650d", "3651d", "1.5h", "h", "99999999999999999999d", "1h30m"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		age, err := ageOf(text)
		if err == nil && (age < time.Minute || age > longest) {
			t.Errorf("%q is %v", text, age)
		}
	})
}
