package pyval

import "context"

// bytesPerStep is how many bytes (or items) a bulk operation may read for one step.
const bytesPerStep = 32

// checkEvery is how many steps pass between two checks of the context.
const checkEvery = 2048

// maxNesting is the deepest nesting of values that can be printed, compared or converted.
const maxNesting = 200

// maxIntBits bounds integers to about 4,900 decimal digits. Python refuses to print more than 4,300.
const maxIntBits = 1 << 14

// Meter bounds the cost of one evaluation. Every operation whose cost depends on its operands charges the Meter first, so no single
// operation is slow or takes much memory. A Meter that reached a limit stays exhausted. A Meter is not safe for concurrent use.
type Meter struct {
	ctx     context.Context
	steps   int // steps left
	check   int // ctx is checked when steps falls below this
	memory  int // bytes left, counted over the whole evaluation, whether freed or not
	nesting int
}

// NewMeter returns a Meter that allows that many steps and bytes, and ends when ctx ends.
func NewMeter(ctx context.Context, steps, memory int) *Meter {
	return &Meter{ctx: ctx, steps: steps, check: max(0, steps-checkEvery), memory: memory}
}

// Step charges one step.
func (m *Meter) Step() error { return m.spend(1) }

// Work charges for reading n bytes or items.
func (m *Meter) Work(n int) error { return m.spend(n / bytesPerStep) }

// Read charges one step, and for reading v once if it is text.
func (m *Meter) Read(v Value) error {
	text, _ := Text(v)
	return m.spend(1 + len(text)/bytesPerStep)
}

// Grow charges for allocating n bytes. Call it before the allocation.
func (m *Meter) Grow(n int) error {
	if n < 0 || n > m.memory {
		m.memory = 0
		return Errorf(Limit, "the template needs too much memory")
	}
	m.memory -= n
	return m.Work(n)
}

// GrowItems charges for a list of n items. Call it before the allocation.
func (m *Meter) GrowItems(n int) error {
	if n < 0 || n > m.memory/16 {
		return m.Grow(m.memory + 1)
	}
	return m.Grow(16 * n)
}

func (m *Meter) spend(n int) error {
	m.steps -= n
	if m.steps >= m.check {
		return nil
	}
	return m.pause()
}

func (m *Meter) pause() error {
	if m.steps < 0 {
		m.steps, m.check = -1, 0
		return Errorf(Limit, "the template takes too many steps")
	}
	if m.ctx.Err() != nil {
		m.steps = -1
		return Errorf(Limit, "the template takes too long")
	}
	m.check = max(0, m.steps-checkEvery)
	return nil
}

// nest enters one level of a nested value. unnest leaves the level.
func (m *Meter) nest() error {
	if m.nesting >= maxNesting {
		return errNested
	}
	m.nesting++
	return m.Step()
}

func (m *Meter) unnest() { m.nesting-- }
