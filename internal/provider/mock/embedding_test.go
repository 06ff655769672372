package mock_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/provider/mock"
)

func TestEmbeddingFollowsFromTheText(t *testing.T) {
	if d := cmp.Diff([]float32{-0.47370884, 0.35420123, -0.80631346}, mock.Embedding("otter", 3)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff([]float32{}, mock.Embedding("otter", 0)); d != "" {
		t.Errorf("without numbers (-want +got):\n%s", d)
	}
}

func TestEmbeddingsAreUnitVectorsApart(t *testing.T) {
	for _, dims := range []int{1, 2, 768, 1536} {
		a, b := mock.Embedding("otter", dims), mock.Embedding("", dims)
		if n := dot(a, a); math.Abs(n-1) > 1e-6 {
			t.Errorf("%d: the square of the length is %v", dims, n)
		}
		if n := dot(a, b); dims > 700 && math.Abs(n) > 0.1 {
			t.Errorf("%d: the cosine of two texts is %v", dims, n)
		}
	}
}

func dot(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}
