package trace_test

import (
	"math"
	"testing"

	"github.com/openloop-server/openloop/internal/trace"
)

func TestOffset(t *testing.T) {
	for page, want := range map[trace.Page]int{
		{}:                                       0,
		{Number: 1, Size: 10}:                    0,
		{Number: 3, Size: 10}:                    20,
		{Number: 3}:                              0,
		{Number: math.MaxInt, Size: 1}:           math.MaxInt - 1,
		{Number: math.MaxInt/10 + 2, Size: 10}:   math.MaxInt,
		{Number: math.MaxInt, Size: math.MaxInt}: math.MaxInt,
	} {
		if got := page.Offset(); got != want {
			t.Errorf("%+v starts after %d, want %d", page, got, want)
		}
	}
}
