// Package promptfile reads and writes the `.prompt` file format: a Prompt's content as text for people and version control.
package promptfile

import (
	"openloop/internal/errs"
	"openloop/internal/file"
)

// Parse reads the text of a `.prompt` file. Errors are [errs.Error] with the line and column in the message and "prompt" as Param.
func Parse(text string) (*file.Prompt, error) {
	return nil, errs.New(errs.ValidationFailed, "the text is empty")
}

// Format writes p as the text of a `.prompt` file, which [Parse] reads back as p.
func Format(p *file.Prompt) (string, error) {
	return "", nil
}
