package main

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing/fstest"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// image writes the image as an OCI archive with an index of all systems, and the files of each system for Containerfile.
func (r *release) image(context.Context) error {
	config, err := instructions(filepath.Join(r.root, "Containerfile"))
	if err != nil {
		return err
	}
	config.Labels = map[string]string{
		"org.opencontainers.image.source": "https://github.com/openloop-server/openloop", "org.opencontainers.image.version": r.version, "org.opencontainers.image.licenses": "Apache-2.0",
	}
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, t := range r.targets {
		if t.os != "linux" {
			continue
		}
		one, err := r.imageOf(t, config)
		if err != nil {
			return err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: one, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: t.os, Architecture: t.arch}}})
	}
	return r.archive(index)
}

// imageOf is the image of a system: one layer.
func (r *release) imageOf(t target, config v1.Config) (v1.Image, error) {
	files, err := r.files(t)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(r.out, "image", t.String()+".tar")
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, files, 0o644)); err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files)), nil }, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	made := v1.Time{Time: r.at}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err = mutate.Append(image, mutate.Addendum{Layer: layer, MediaType: types.OCILayer, History: v1.History{Created: made, CreatedBy: "tools/release"}})
	if err != nil {
		return nil, err
	}
	return mutate.ConfigFile(image, describe(image, t, made, config))
}

// describe is the configuration of an image.
func describe(image v1.Image, t target, made v1.Time, config v1.Config) *v1.ConfigFile {
	file, err := image.ConfigFile()
	if err != nil {
		panic(err) // it was just made
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Created, file.Config = t.os, t.arch, made, config
	return file
}

// files are the files of an image, as an archive. /data and /tmp are for whoever the container runs as.
func (r *release) files(t target) ([]byte, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	folder := func(name string, mode int64, owner int) error {
		return w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: mode, Uid: owner, Gid: owner, ModTime: r.at})
	}
	file := func(name, path string, mode int64) error {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		err = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(data)), ModTime: r.at})
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	}
	const documents = "usr/share/doc/openloop"
	err := errors.Join(
		folder("data", 0o777, 65532), folder("tmp", 0o1777, 0), folder("usr", 0o755, 0), folder("usr/bin", 0o755, 0),
		folder("usr/share", 0o755, 0), folder("usr/share/doc", 0o755, 0), folder(documents, 0o755, 0),
		file("usr/bin/openloop", r.binary(t), 0o755),
		file(documents+"/LICENSE", filepath.Join(r.root, "LICENSE"), 0o644), file(documents+"/NOTICE", filepath.Join(r.root, "NOTICE"), 0o644),
		file(documents+"/THIRD_PARTY", filepath.Join(r.out, "THIRD_PARTY"), 0o644), w.Close(),
	)
	return out.Bytes(), err
}

// archive writes the layout of an image in one file.
func (r *release) archive(index v1.ImageIndex) error {
	dir := filepath.Join(r.work, "layout")
	to, err := layout.Write(dir, mutate.IndexMediaType(empty.Index, types.OCIImageIndex))
	if err != nil {
		return err
	}
	if err := to.AppendIndex(index, layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": r.version})); err != nil {
		return err
	}
	digest, err := index.Digest()
	if err != nil {
		return err
	}
	files, err := timeless(os.DirFS(dir), r.at)
	if err != nil {
		return err
	}
	fmt.Println("image", digest)
	return write(filepath.Join(r.out, "openloop_"+r.version+"_image.tar"), files, func(w io.Writer, content fs.FS) error {
		t := tar.NewWriter(w)
		return errors.Join(t.AddFS(content), t.Close())
	})
}

// timeless returns the same files without owners, all of one time.
func timeless(from fs.FS, at time.Time) (fs.FS, error) {
	to := fstest.MapFS{}
	err := fs.WalkDir(from, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		if d.IsDir() {
			to[path] = &fstest.MapFile{Mode: fs.ModeDir | 0o755, ModTime: at}
			return nil
		}
		data, err := fs.ReadFile(from, path)
		to[path] = &fstest.MapFile{Data: data, Mode: 0o644, ModTime: at}
		return err
	})
	return to, err
}

// instructions reads how the image is run from the instructions of Containerfile, so that both have one source. It knows those that are there.
func instructions(path string) (v1.Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return v1.Config{}, err
	}
	var c v1.Config
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, rest, _ := strings.Cut(line, " ")
		if err := instruct(&c, name, rest); err != nil {
			return c, fmt.Errorf("Containerfile: %s: %w", name, err)
		}
	}
	return c, nil
}

func instruct(c *v1.Config, name, rest string) error {
	switch name {
	case "FROM", "ARG", "ADD":
		return nil
	case "ENV":
		c.Env = append(strings.Fields(rest), "PATH=/usr/bin")
	case "USER":
		c.User = rest
	case "STOPSIGNAL":
		c.StopSignal = rest
	case "EXPOSE":
		c.ExposedPorts = map[string]struct{}{rest + "/tcp": {}}
	case "VOLUME":
		var folders []string
		err := json.Unmarshal([]byte(rest), &folders)
		c.Volumes = map[string]struct{}{}
		for _, folder := range folders {
			c.Volumes[folder] = struct{}{}
		}
		return err
	case "ENTRYPOINT":
		return json.Unmarshal([]byte(rest), &c.Entrypoint)
	case "CMD":
		return json.Unmarshal([]byte(rest), &c.Cmd)
	case "HEALTHCHECK":
		return check(c, rest)
	default:
		return errors.New("it is not known")
	}
	return nil
}

// check reads a HEALTHCHECK. OCI does not know it, but Docker reads it from the same place.
func check(c *v1.Config, rest string) error {
	flags, command, _ := strings.Cut(rest, " CMD ")
	var words []string
	if err := json.Unmarshal([]byte(command), &words); err != nil {
		return err
	}
	c.Healthcheck = &v1.HealthConfig{Test: append([]string{"CMD"}, words...)}
	for flag := range strings.FieldsSeq(flags) {
		name, text, _ := strings.Cut(flag, "=")
		d, err := time.ParseDuration(text)
		if err != nil {
			return err
		}
		switch name {
		case "--interval":
			c.Healthcheck.Interval = d
		case "--timeout":
			c.Healthcheck.Timeout = d
		case "--start-period":
			c.Healthcheck.StartPeriod = d
		default:
			return errors.New(name + " is not known")
		}
	}
	return nil
}
