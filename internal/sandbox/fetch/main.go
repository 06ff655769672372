// Command fetch puts the Python image into the folder from which the program embeds it, unless it is there. `make build` calls it. A machine that cannot
// fetch the image gets one line that says so, and builds without it. `make python` gives it the file of an image, which takes the place of one that is there.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/openloop-server/openloop/internal/sandbox/image"
)

func main() { os.Exit(run(os.Args[1:])) }

// run is given the folder, or nothing for that of this repository, whose root is the working directory, and the file of an image, or nothing for the one
// of the registries. With the variable CI it fails where an image is missing in the end.
func run(args []string) int {
	dir := filepath.Join("internal", "sandbox", "image")
	if len(args) > 0 {
		dir = args[0]
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	path := filepath.Join(dir, image.Name)
	if len(args) > 1 {
		return told(replace(path, args[1]))
	}
	err := fetch(ctx, path)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, image.ErrNoClient) && os.Getenv("CI") != "true":
		fmt.Fprintln(os.Stderr, "python: neither npm nor pip is here to bring the Python image; this build cannot run the code of Evaluators until `openloop python install FILE`")
		return 0
	case os.Getenv("CI") != "true":
		fmt.Fprintf(os.Stderr, "python: the image could not be brought, and this build goes on without Python: %q\n", err.Error())
		return 0
	default:
		return told(err)
	}
}

// told prints err, and returns the exit code.
func told(err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "python:", err)
	return 1
}

func replace(path, file string) error {
	module, err := image.Load(file)
	if err != nil {
		return err
	}
	return image.Save(path, module)
}

func fetch(ctx context.Context, path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) { //nolint:gosec // whoever builds the program names the folder
		return err
	}
	module, err := image.Fetch(ctx)
	if err != nil {
		return err
	}
	return image.Save(path, module)
}
