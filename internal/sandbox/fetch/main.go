// Command fetch puts the Python image into the folder from which the program embeds it, unless it is there. `make build` calls it. A machine that cannot
// fetch the image gets one line that says so, and builds without it.
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

// run is given the folder, or nothing for that of this repository, whose root is the working directory. With the variable CI it fails where an image is
// missing in the end.
func run(args []string) int {
	dir := filepath.Join("internal", "sandbox", "image")
	if len(args) > 0 {
		dir = args[0]
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := fetch(ctx, filepath.Join(dir, image.Name))
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
		fmt.Fprintln(os.Stderr, "python:", err)
		return 1
	}
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
