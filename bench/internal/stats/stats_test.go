package stats

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestPercentileIsTheNearestRank(t *testing.T) {
	ten := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	tests := []struct {
		name   string
		sorted []int
		p      float64
		want   int
	}{
		{"none", nil, 50, 0},
		{"one", []int{7}, 99, 7},
		{"tiny p takes the first", ten, 0.001, 1},
		{"half of ten", ten, 50, 5},
		{"just above half", ten, 50.1, 6},
		{"p90 of ten", ten, 90, 9},
		{"p99 of ten", ten, 99, 10},
		{"all", ten, 100, 10},
		{"odd count", []int{1, 2, 3}, 50, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Percentile(tt.sorted, tt.p); got != tt.want {
				t.Errorf("Percentile(%v, %v) = %v, want %v", tt.sorted, tt.p, got, tt.want)
			}
		})
	}
}

func TestPercentileCoversItsShareAndNoSmallerSampleDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sorted := slices.Sorted(slices.Values(rapid.SliceOfN(rapid.IntRange(0, 50), 1, 200).Draw(t, "samples")))
		p := rapid.IntRange(1, 100).Draw(t, "p")
		got := Percentile(sorted, float64(p))
		notAbove, below := 0, 0
		for _, v := range sorted {
			if v <= got {
				notAbove++
			}
			if v < got {
				below++
			}
		}
		if notAbove*100 < p*len(sorted) {
			t.Fatalf("p%d = %d covers only %d of %d", p, got, notAbove, len(sorted))
		}
		if below*100 >= p*len(sorted) {
			t.Fatalf("p%d = %d, but %d of %d samples below it suffice", p, got, below, len(sorted))
		}
	})
}

func TestMedian(t *testing.T) {
	tests := []struct {
		name   string
		values []float64
		want   float64
	}{
		{"one", []float64{4}, 4},
		{"odd, unsorted", []float64{9, 1, 5}, 5},
		{"even", []float64{4, 1, 2, 9}, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Median(tt.values); got != tt.want {
				t.Errorf("Median(%v) = %v, want %v", tt.values, got, tt.want)
			}
		})
	}
	if got := Median(nil); !math.IsNaN(got) {
		t.Errorf("Median(nil) = %v, want NaN", got)
	}
}

func TestMedianLeavesItsInputAlone(t *testing.T) {
	values := []float64{3, 1, 2}
	Median(values)
	if !slices.Equal(values, []float64{3, 1, 2}) {
		t.Errorf("values became %v", values)
	}
}
