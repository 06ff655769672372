package sandbox

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/sandbox/image"
)

// wazero is the version of the compiler, whose machine code another version does not read.
const wazeroVersion = "1.12.0"

// Prepare compiles the image and starts an interpreter, and stores both in the cache for the Pools to come. It needs several seconds and some 200 MB of
// memory. A cache that is complete stays as it is.
func Prepare(ctx context.Context, o Options) error {
	o.complete()
	o.Prepare = nil
	e, err := open(ctx, &o)
	if err != nil {
		return err
	}
	e.close()
	return nil
}

// open returns an engine with a snapshot. It takes both from the cache, if they are there, and stores them there if not.
func open(ctx context.Context, o *Options) (source, error) {
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		return nil, errs.New(errs.RuntimeUnavailable, "This server cannot run Python: it runs on %s, and only amd64 and arm64 can.", runtime.GOARCH)
	}
	module, err := o.module()
	if err != nil {
		return nil, err
	}
	c, err := openCache(o.Dir, module)
	if err != nil {
		return nil, unavailable("open the cache", err)
	}
	defer c.leave()
	if !c.complete() && o.Prepare != nil && !c.private {
		o.Logger.InfoContext(ctx, "preparing Python; this takes some seconds, once")
		if err := o.Prepare(ctx); err != nil {
			return nil, unavailable("prepare", err)
		}
	}
	e, err := c.load(ctx, module, o.Memory)
	if err != nil {
		return nil, unavailable("load", err)
	}
	return e, nil
}

// Installed is the path of the image that is installed in a data directory.
func Installed(dir string) string { return filepath.Join(dir, image.Name) }

// module is the module of the image that the options name.
func (o *Options) module() ([]byte, error) {
	path := o.Image
	if path == "" && o.Dir != "" {
		if _, err := os.Stat(Installed(o.Dir)); err == nil {
			path = Installed(o.Dir)
		}
	}
	if path != "" {
		module, err := image.Load(path)
		if err != nil {
			return nil, &errs.Error{Reason: errs.RuntimeUnavailable, Op: "sandbox.Load", Err: err,
				Message: "This server cannot run Python: the image that it is given cannot be read. Its log has the details."}
		}
		return module, nil
	}
	module, ok, err := image.Embedded()
	if err != nil {
		return nil, unavailable("read the image", err)
	}
	if !ok {
		return nil, errs.New(errs.RuntimeUnavailable, "This server was built without Python. Run `openloop python install` beside its data directory, and try again.")
	}
	return module, nil
}

func unavailable(op string, err error) error {
	if errors.Is(err, context.Canceled) {
		return errClosed()
	}
	return &errs.Error{Reason: errs.RuntimeUnavailable, Op: "sandbox: " + op, Err: err,
		Message: "This server cannot run Python: the interpreter could not be prepared. The server's log has the details."}
}

// key names what the cache holds of a module.
func key(module []byte) string {
	return strings.Join([]string{"python", image.Sum(module)[:16], wazeroVersion}, "-")
}
