// Package ui serves the web UI: one page, which a browser runs, and the files that the page loads. The page calls the API as any other client.
package ui

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var built embed.FS

//go:embed icon.svg
var icon []byte

// None returns the site of a program without a UI.
func None() *Site { return New(embed.FS{}) }

// Embedded returns the UI that the program was built with.
func Embedded() *Site {
	dist, err := fs.Sub(built, "dist")
	if err != nil { // "dist" is a valid path
		panic(err)
	}
	return New(dist)
}
