package sandbox

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// request is the line that the runner reads.
type request struct {
	Code      string            `json:"code"`
	Entry     string            `json:"entry"` // a name, or ""
	Args      json.Value        `json:"args"`
	Env       map[string]string `json:"env"`
	StdoutMax int               `json:"stdout_max"`
	Network   bool              `json:"network"`
}

// answer is the line that the runner writes. The code of a user can write another one in its place, so nothing in it is taken for granted.
type answer struct {
	OK     json.Value `json:"ok"`
	Error  *failure   `json:"error"`
	Stdout string     `json:"stdout"`
	Cut    int        `json:"cut"` // bytes that were printed beyond Stdout
}

// failure is what the runner says of code that failed.
type failure struct {
	Kind      string `json:"kind"` // "" an exception, "result", "memory" or "invalid"
	Type      string `json:"type"`
	Message   string `json:"message"`
	Line      int    `json:"line"`
	Function  string `json:"function"`
	Traceback string `json:"traceback"`
}

// The most bytes of parts of an answer.
const (
	maxMessage   = 8 << 10 // 2,000 characters and what surrounds them
	maxTraceback = 64 << 10
	maxAnswer    = MaxResult + 6*(MaxStdout+maxTraceback+maxMessage) + 4<<10 // all parts, their characters escaped
)

// line is the request for j. It refuses what is too large.
func (j *Job) line() ([]byte, error) {
	if len(j.Code) > MaxSource {
		return nil, errs.New(errs.EvaluatorInvalid, "The code has %d bytes, and may have %d.", len(j.Code), MaxSource)
	}
	if len(j.Args) > MaxInput {
		return nil, errs.New(errs.CodeFailed, "The arguments of the code have %d bytes, and may have %d.", len(j.Args), MaxInput)
	}
	r := request{Code: j.Code, Entry: j.Entry, Args: j.Args, Env: j.Env, StdoutMax: MaxStdout, Network: j.Fetch != nil}
	if len(r.Args) == 0 {
		r.Args = json.Value("[]")
	}
	if r.Env == nil {
		r.Env = map[string]string{}
	}
	line, err := json.Marshal(&r)
	if err != nil {
		return nil, errs.Wrap("sandbox.line", err)
	}
	return append(line, '\n'), nil
}

// read turns the line of the runner into a result. memory is what the run could have; 0 means that it is not known.
func read(line []byte, memory int64) (*Result, error) {
	var a answer
	if err := json.Unmarshal(line, &a); err != nil {
		return &Result{}, noAnswer()
	}
	out := &Result{Stdout: stdout(a.Stdout, a.Cut)}
	switch {
	case a.Error != nil:
		out.Line = max(a.Error.Line, 0)
		out.Stdout = appendTraceback(out.Stdout, head(a.Error.Traceback, maxTraceback))
		return out, a.Error.classify(memory)
	case len(a.OK) == 0 || len(a.OK) > MaxResult:
		return out, noAnswer()
	default:
		out.Value = a.OK
		return out, nil
	}
}

func noAnswer() error {
	return errs.New(errs.CodeFailed, "The code ended without a result.")
}

// stdout is what is kept of the output, with a note of what is not.
func stdout(kept string, cut int) string {
	if n := len(kept) - MaxStdout; n > 0 {
		kept, cut = head(kept, MaxStdout), max(cut, 0)+n
	}
	if cut <= 0 {
		return kept
	}
	return endLine(kept) + fmt.Sprintf("[%d more bytes were printed]\n", cut)
}

func appendTraceback(out, traceback string) string {
	if traceback == "" {
		return out
	}
	return endLine(out) + traceback
}

func endLine(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\n"
}

// head is the start of a text, without a cut character.
func head(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// classify is the error that f describes.
func (f *failure) classify(memory int64) error {
	place := f.place()
	switch f.Kind {
	case "invalid":
		return errs.New(errs.EvaluatorInvalid, "%s%s", sentence(f.text()), place)
	case "memory":
		if memory == 0 {
			return errs.New(errs.CodeOutOfMemory, "The code needs more memory than it may have%s.", place)
		}
		return errs.New(errs.CodeOutOfMemory, "The code needs more than the %d MiB of memory that it may have%s.", memory>>20, place)
	default:
		return errs.New(errs.CodeFailed, "%s%s", sentence(f.text()), place)
	}
}

// text is the last line of a traceback: "KeyError: 'nope'".
func (f *failure) text() string {
	kind, message := head(f.Type, maxMessage), head(f.Message, maxMessage)
	switch {
	case kind == "":
		return message
	case message == "":
		return kind
	default:
		return kind + ": " + message
	}
}

// sentence is text, which is never empty.
func sentence(text string) string {
	if text == "" {
		return "The code failed."
	}
	return text
}

// place is " (line 2, in h)", or nothing if it is not known.
func (f *failure) place() string {
	switch {
	case f.Line <= 0:
		return ""
	case f.Function == "":
		return fmt.Sprintf(" (line %d)", f.Line)
	default:
		return fmt.Sprintf(" (line %d, in %s)", f.Line, head(f.Function, maxMessage))
	}
}
