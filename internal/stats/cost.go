package stats

import "math"

// Cost is an amount of US dollars in whole trillionths. That is as fine as prices of tokens are, so sums of costs are exact.
type Cost struct {
	dollars int64
	part    int64 // trillionths: at least 0, less than a dollar
}

const (
	trillion  = 1_000_000_000_000
	mostCosts = 1e6 // dollars of one Log: more is taken for a mistake of who reported it, and would spoil every sum
)

// Dollars returns the Cost nearest to an amount of dollars. It is one million dollars at most.
func Dollars(amount float64) Cost {
	whole, rest := math.Modf(min(max(amount, -mostCosts), mostCosts))
	return Cost{}.plus(int64(whole), int64(math.Round(rest*trillion)))
}

// Plus returns the sum of c and d.
func (c Cost) Plus(d Cost) Cost { return c.plus(d.dollars, d.part) }

// Minus returns c without d.
func (c Cost) Minus(d Cost) Cost { return c.plus(-d.dollars, -d.part) }

func (c Cost) plus(dollars, part int64) Cost {
	c.dollars, c.part = c.dollars+dollars, c.part+part
	switch {
	case c.part >= trillion:
		c.dollars, c.part = c.dollars+1, c.part-trillion
	case c.part < 0:
		c.dollars, c.part = c.dollars-1, c.part+trillion
	}
	return c
}

// Compare returns -1 if c is less than d, 1 if it is more, and 0 if they are equal.
func (c Cost) Compare(d Cost) int {
	if c.dollars != d.dollars {
		return sign(c.dollars - d.dollars)
	}
	return sign(c.part - d.part)
}

func sign(n int64) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	default:
		return 0
	}
}

// Float returns the number of dollars.
func (c Cost) Float() float64 { return float64(c.dollars) + float64(c.part)/trillion }
