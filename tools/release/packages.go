package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb" // the formats
	"github.com/goreleaser/nfpm/v2/files"
	_ "github.com/goreleaser/nfpm/v2/rpm"
)

// folders are where a system looks for what a package brings, where systems differ.
var folders = map[string]map[string]string{
	"deb": {"UNITS": "/lib/systemd/system", "ZSH": "/usr/share/zsh/vendor-completions"},
	"rpm": {"UNITS": "/usr/lib/systemd/system", "ZSH": "/usr/share/zsh/site-functions"},
}

// packages writes the packages of each binary for Linux, by deploy/packages/nfpm.yaml.
func (r *release) packages(context.Context) error {
	if err := r.documents(); err != nil {
		return err
	}
	for _, t := range r.targets {
		if t.os != "linux" {
			continue
		}
		for format := range folders {
			if err := r.pack(t, format); err != nil {
				return err
			}
		}
	}
	return nil
}

// documents writes what packages have as Debian asks for it.
func (r *release) documents() error {
	page, err := os.ReadFile(filepath.Join(r.work, "openloop.1"))
	if err != nil {
		return err
	}
	changes, err := os.ReadFile(filepath.Join(r.root, "CHANGELOG.md"))
	if err != nil {
		return err
	}
	copyright := []byte("Openloop is under the Apache License 2.0, which is in /usr/share/common-licenses/Apache-2.0 on Debian.\nSource: https://github.com/openloop-server/openloop\n\n")
	for _, path := range []string{filepath.Join(r.root, "NOTICE"), filepath.Join(r.out, "THIRD_PARTY")} {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		copyright = append(copyright, text...)
	}
	for name, data := range map[string][]byte{"openloop.1.gz": gzipped(page), "CHANGELOG.md.gz": gzipped(changes), "copyright": copyright} {
		if err := os.WriteFile(filepath.Join(r.work, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// gzipped compresses as gzip -9n does.
func gzipped(data []byte) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	_, _ = z.Write(data) // a buffer takes all
	_ = z.Close()
	return out.Bytes()
}

func (r *release) pack(t target, format string) error {
	values := map[string]string{"ARCH": t.arch, "VERSION": r.version, "BINARY": r.binary(t), "ROOT": r.root, "WORK": r.work}
	for name, folder := range folders[format] {
		values[name] = folder
	}
	config, err := nfpm.ParseFileWithEnvMapping(filepath.Join(r.root, "deploy", "packages", "nfpm.yaml"), func(name string) string { return values[name] })
	if err != nil {
		return err
	}
	info, err := config.Get(format)
	if err != nil {
		return err
	}
	info.MTime = r.at
	for _, script := range []*string{&info.Scripts.PostInstall, &info.Scripts.PreRemove, &info.Scripts.PostRemove} {
		*script = filepath.Join(r.root, *script)
	}
	for _, c := range info.Contents {
		if c.FileInfo == nil {
			c.FileInfo = &files.ContentFileInfo{}
		}
		c.FileInfo.MTime = r.at
	}
	info = nfpm.WithDefaults(info)
	packager, err := nfpm.Get(format)
	if err != nil {
		return err
	}
	info.Target = filepath.Join(r.out, packager.ConventionalFileName(info))
	f, err := os.Create(info.Target)
	if err != nil {
		return err
	}
	if err := packager.Package(info, f); err != nil {
		return err
	}
	return f.Close()
}
