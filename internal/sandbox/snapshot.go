package sandbox

import (
	"strconv"

	"github.com/tetratelabs/wazero/api"
)

// snapshot is the state of an interpreter that waits for its first run. Its stack pointer is not part of it: a run gets a new stack.
type snapshot struct {
	memory mapping
	step   uint32 // address of the text that makes a run
}

// take copies the state of a module.
func take(m api.Module, step uint32) (*snapshot, error) {
	data, _ := m.Memory().Read(0, m.Memory().Size())
	memory, err := newMapping(len(data))
	if err != nil {
		return nil, err
	}
	memory.large()
	copy(memory, data)
	return &snapshot{memory: memory, step: step}, nil
}

// address reads the line in which the runner says where the text of a run is.
func address(line []byte) (uint32, bool) {
	n, err := strconv.ParseUint(string(line), 10, 32)
	return uint32(n), err == nil && n > 0
}
