package main

import (
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
)

// comments is the comment of a provider's package as Markdown.
func comments(root, pkg string) (string, error) {
	paths, err := filepath.Glob(filepath.Join(root, "internal", "provider", pkg, "*.go"))
	if err != nil {
		return "", err
	}
	for _, path := range paths {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			return "", err
		}
		if f.Doc != nil && !strings.HasSuffix(path, "_test.go") {
			return markdown(f), nil
		}
	}
	return "", fmt.Errorf("the package %s has no comment", pkg)
}

func markdown(f *ast.File) string {
	text := strings.Replace(f.Doc.Text(), "Package "+f.Name.Name, "The adapter", 1)
	var b strings.Builder
	blocks(&b, new(comment.Parser).Parse(text).Content)
	return b.String()
}

// blocks writes Markdown. A comment's own backticks are code there.
func blocks(b *strings.Builder, list []comment.Block) {
	for _, block := range list {
		switch x := block.(type) {
		case *comment.Heading:
			b.WriteString("### " + plain(x.Text) + "\n\n")
		case *comment.Paragraph:
			b.WriteString(plain(x.Text) + "\n\n")
		case *comment.Code:
			b.WriteString("```\n" + x.Text + "```\n\n")
		case *comment.List:
			for _, item := range x.Items {
				var inside strings.Builder
				blocks(&inside, item.Content)
				b.WriteString("- " + strings.ReplaceAll(strings.TrimSpace(inside.String()), "\n", "\n  ") + "\n")
			}
			b.WriteString("\n")
		}
	}
}

func plain(list []comment.Text) string {
	var b strings.Builder
	for _, t := range list {
		switch x := t.(type) {
		case comment.Plain:
			b.WriteString(strings.ReplaceAll(string(x), "\n", " "))
		case comment.Italic:
			b.WriteString(string(x))
		case *comment.Link:
			b.WriteString(plain(x.Text))
		case *comment.DocLink:
			b.WriteString(plain(x.Text))
		}
	}
	return b.String()
}
