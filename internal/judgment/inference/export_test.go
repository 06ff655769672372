package inference

// What the tests compare with the reference.
var (
	StudentTails    = studentTails
	StudentQuantile = studentQuantile
	NormalQuantile  = normalQuantile
)
