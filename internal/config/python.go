package config

import "strings"

// The least memory in which an interpreter is of use, and the most that it can address.
const (
	minPython = 64 << 20
	maxPython = 65535 * 64 << 10
)

// Where code runs that does not say, as OPENLOOP_PYTHON_DEFAULT names it.
const (
	inSandbox = "sandbox"
	byCommand = "command"
)

func (c *Config) checkPython(must func(ok bool, what string)) {
	must(c.PythonWorkers >= 0 && c.PythonWorkers <= 64, "OPENLOOP_PYTHON_WORKERS must be a number from 0 to 64; 0 means one less than processors")
	must(c.PythonMemory >= minPython && c.PythonMemory <= maxPython, "OPENLOOP_PYTHON_MEMORY must be a number of bytes from 67108864 to 4294901760")
	must(c.PythonCommand == "" || strings.HasSuffix(c.PythonCommand, " -"), "OPENLOOP_PYTHON_COMMAND must be a command that ends with -, as bwrap … python3 -I -u -")
	must(c.PythonDefault == inSandbox || c.PythonDefault == byCommand && c.PythonCommand != "",
		"OPENLOOP_PYTHON_DEFAULT must be sandbox, or command if OPENLOOP_PYTHON_COMMAND is set")
}
