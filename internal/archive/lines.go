package archive

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/openloop-server/openloop/internal/json"
)

// line is a line of a file.
type line struct {
	file   string
	number int        // from 1 on
	offset int64      // where it begins
	raw    json.Value // valid until the next line is read
}

// fault is a fault of l.
func (l *line) fault(format string, args ...any) error {
	return &Fault{File: l.file, Line: l.number, Reason: fmt.Sprintf(format, args...)}
}

func (l *line) decode(into any) error { return decode(l.raw, into, l.file, l.number) }

// lines reads a file line by line. It never keeps more than the longest line that is allowed.
type lines struct {
	from  *bufio.Reader
	limit int
	line  line
	next  int64
	whole []byte // of a line that is longer than the buffer
}

const lineBuffer = 256 << 10

func newLines(file string, from io.Reader) *lines {
	return &lines{from: bufio.NewReaderSize(from, lineBuffer), limit: maxLine, line: line{file: file}}
}

// read reads the next line that is not empty. It returns io.EOF at the end. A last line without its end is a fault: the file was cut.
func (s *lines) read() (*line, error) {
	for {
		s.line.number++
		s.line.offset = s.next
		raw, err := s.take()
		if err != nil {
			return nil, err
		}
		if raw = bytes.TrimRight(raw, "\r\n"); len(bytes.TrimSpace(raw)) > 0 {
			s.line.raw = raw
			return &s.line, nil
		}
	}
}

// take returns the next line with its end.
func (s *lines) take() ([]byte, error) {
	s.whole = s.whole[:0]
	for {
		part, err := s.from.ReadSlice('\n')
		s.next += int64(len(part))
		if len(s.whole)+len(part) > s.limit {
			return nil, s.line.fault("The line is longer than %d MB.", s.limit>>20)
		}
		switch {
		case err == nil && len(s.whole) == 0:
			return part, nil
		case err == nil:
			s.whole = append(s.whole, part...)
			return s.whole, nil
		case errors.Is(err, bufio.ErrBufferFull):
			s.whole = append(s.whole, part...)
		case errors.Is(err, io.EOF) && len(s.whole)+len(part) == 0:
			return nil, io.EOF
		case errors.Is(err, io.EOF):
			return nil, s.line.fault("The line has no end: the file was cut.")
		default:
			return nil, s.line.fault("%s", SystemReason(err))
		}
	}
}

// eachLine calls take for every line of the files.
func (t *tree) eachLine(files []string, take func(file int, l *line) error) error {
	for i, name := range files {
		if err := t.linesOf(name, func(l *line) error { return take(i, l) }); err != nil {
			return err
		}
	}
	return nil
}

func (t *tree) linesOf(name string, take func(*line) error) error {
	f, err := t.open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	s := newLines(name, f)
	for {
		l, err := s.read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := take(l); err != nil {
			return err
		}
	}
}
