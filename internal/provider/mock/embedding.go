package mock

import (
	"crypto/sha256"
	"math"
	"math/rand/v2"
)

// Embedding returns a vector of length 1 with dims numbers, which follow from text alone. Those of different texts are almost at right angles if there are
// many numbers.
func Embedding(text string, dims int) []float32 {
	source := rand.NewChaCha8(sha256.Sum256([]byte(text)))
	vector, squares := make([]float32, dims), 0.0
	for i := range vector {
		n := float64(source.Uint64()>>11)/(1<<52) - 1
		vector[i] = float32(n)
		squares += float64(n * n) // rounded, so that all processors agree
	}
	for i := range vector {
		vector[i] = float32(float64(vector[i]) / math.Sqrt(squares))
	}
	return vector
}
