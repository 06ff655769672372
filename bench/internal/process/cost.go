package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"
)

// tick is the unit of processor times in /proc. The kernel's USER_HZ is 100 on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// ErrNoFigures is returned where the system has no /proc to read from.
var ErrNoFigures = errors.New("processor time and memory of a process are read on Linux only")

// Memory is what a process occupies, in bytes.
type Memory struct {
	Resident int64 // now
	Peak     int64 // the most so far
}

// CPU returns the processor time, user and system, that the process has used in all its threads, in steps of 10 ms.
func (p *Process) CPU() (time.Duration, error) {
	raw, err := p.proc("stat")
	if err != nil {
		return 0, err
	}
	return parseStat(raw)
}

// Memory returns the resident memory, shared pages of the program included.
func (p *Process) Memory() (Memory, error) {
	raw, err := p.proc("status")
	if err != nil {
		return Memory{}, err
	}
	return parseStatus(raw)
}

func (p *Process) proc(file string) ([]byte, error) {
	if runtime.GOOS != "linux" {
		return nil, ErrNoFigures
	}
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.pid, file))
	if err != nil {
		return nil, fmt.Errorf("figures of %s: %w", p.name, err)
	}
	return raw, nil
}

// parseStat adds fields 14 and 15 (utime, stime) of /proc/PID/stat. Field 2 is
// the program's name in parentheses and may itself hold blanks and parentheses.
func parseStat(raw []byte) (time.Duration, error) {
	fields := bytes.Fields(raw[bytes.LastIndexByte(raw, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc stat has %d fields after the name", len(fields))
	}
	user, errUser := strconv.ParseInt(string(fields[11]), 10, 64)
	system, errSystem := strconv.ParseInt(string(fields[12]), 10, 64)
	return time.Duration(user+system) * tick, errors.Join(errUser, errSystem)
}

// parseStatus reads VmRSS and VmHWM of /proc/PID/status, which are in kB.
func parseStatus(raw []byte) (Memory, error) {
	kilobytes := map[string]int64{}
	for line := range bytes.Lines(raw) {
		fields := bytes.Fields(line)
		if len(fields) != 3 || string(fields[2]) != "kB" {
			continue
		}
		n, err := strconv.ParseInt(string(fields[1]), 10, 64)
		if err != nil {
			return Memory{}, fmt.Errorf("/proc status: %w", err)
		}
		kilobytes[string(fields[0])] = n
	}
	m := Memory{Resident: kilobytes["VmRSS:"] << 10, Peak: kilobytes["VmHWM:"] << 10}
	if m.Resident == 0 || m.Peak == 0 {
		return Memory{}, errors.New("/proc status has no VmRSS or no VmHWM")
	}
	return m, nil
}
