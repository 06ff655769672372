// Release makes what is published of a version: binaries in archives, packages, an image, bills of materials, licenses and checksums, all of them
// the same bytes whenever they are made of the same commit. See docs/release.md.
//
//	go run -C tools/release . -version 1.2.3 [-out DIR] [-only linux/amd64,…] [-key FILE]
//
// With -use FILE the binary in FILE stands for the one of this machine, and no other is built: for tests of what is made of binaries.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// target is a system that there is a binary for.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "_" + t.arch }

// program is the name of the binary.
func (t target) program() string {
	if t.os == "windows" {
		return "openloop.exe"
	}
	return "openloop"
}

var targets = []target{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}}

// here is the target of this machine, whose binary tells of its commands.
var here = target{runtime.GOOS, runtime.GOARCH}

// release is a version that is being made.
type release struct {
	root    string    // of the repository
	out     string    // where what is published goes
	work    string    // for what is not published; inside out, removed at the end
	version string    // as 1.2.3
	at      time.Time // of everything in it: SOURCE_DATE_EPOCH, else the time of the commit
	targets []target
	use     string // a binary that is there already; "" means that all are built
}

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	r, key, err := options(ctx, args)
	if err != nil {
		return err
	}
	defer os.RemoveAll(r.work)
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"binaries", r.binaries}, {"licenses", r.licenses}, {"bills of materials", r.bills}, {"manual and completions", r.manual},
		{"archives", r.archives}, {"packages", r.packages}, {"image", r.image}, {"checksums", r.sums},
	}
	for _, s := range steps {
		began := time.Now()
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Printf("%-24s %.1f s\n", s.name, time.Since(began).Seconds())
	}
	if key == "" {
		return nil
	}
	return r.sign(key, os.Getenv("MINISIGN_PASSWORD"))
}

func options(ctx context.Context, args []string) (*release, string, error) {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	version := flags.String("version", "", "the version, as 1.2.3")
	out := flags.String("out", "", "the folder for what is made, which is emptied first (default dist in the repository)")
	only := flags.String("only", "", "systems, as linux/amd64,darwin/arm64, in place of all")
	use := flags.String("use", "", "a binary of this machine that is there already; no other is built")
	key := flags.String("key", "", "the secret key of minisign that signs the checksums; MINISIGN_PASSWORD opens it")
	if err := flags.Parse(args); err != nil {
		return nil, "", err
	}
	if *version == "" || strings.HasPrefix(*version, "v") || flags.NArg() > 0 {
		return nil, "", errors.New("usage: release -version 1.2.3 [-out DIR] [-only SYSTEMS] [-use FILE] [-key FILE]")
	}
	root, err := filepath.Abs("../..") // go run -C leaves it in tools/release
	if err != nil {
		return nil, "", err
	}
	r := &release{root: root, version: *version, out: filepath.Join(root, "dist"), targets: targets, use: *use}
	if *out != "" {
		if r.out, err = filepath.Abs(*out); err != nil {
			return nil, "", err
		}
	}
	r.work = filepath.Join(r.out, "work")
	if r.use != "" {
		*only = here.os + "/" + here.arch
	}
	if *only != "" {
		r.targets = slices.DeleteFunc(slices.Clone(targets), func(t target) bool {
			return !slices.Contains(strings.Split(*only, ","), t.os+"/"+t.arch)
		})
	}
	if !slices.Contains(r.targets, here) {
		return nil, "", fmt.Errorf("the systems must have %s/%s among them: its binary tells of the commands", here.os, here.arch)
	}
	if r.at, err = epoch(ctx, root); err != nil {
		return nil, "", err
	}
	if err := errors.Join(os.RemoveAll(r.out), os.MkdirAll(r.work, 0o755)); err != nil {
		return nil, "", err
	}
	return r, *key, nil
}

// epoch is the time of everything that is made.
func epoch(ctx context.Context, root string) (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		out, err := exec.CommandContext(ctx, "git", "-C", root, "log", "-1", "--format=%ct").Output()
		if err != nil {
			return time.Time{}, fmt.Errorf("git log: %w", err)
		}
		text = strings.TrimSpace(string(out))
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	return time.Unix(seconds, 0).UTC(), err
}

// binary is where the binary of a target is.
func (r *release) binary(t target) string { return filepath.Join(r.work, t.String(), t.program()) }

// epochVariable is for the programs that are started.
func (r *release) epochVariable() string { return fmt.Sprintf("SOURCE_DATE_EPOCH=%d", r.at.Unix()) }
