package web

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"

	"github.com/openloop-server/openloop/internal/errs"
)

// readZipped reads a gzip body into b. The limit applies before and after decompression, so neither a bomb nor a stream of empty members
// costs more than a plain body. A large body is decompressed twice, the first time only to count its bytes: a refused body then takes only
// the memory of its compressed form, and an accepted one only what it needs.
func (b *body) readZipped(r *http.Request, limit int64) error {
	packed := b.server.takeBody()
	defer packed.done()
	if err := packed.readAll(r.Body, r.ContentLength, limit); err != nil {
		return err
	}
	size, plausible := sizeInTrailer(packed.Bytes())
	if plausible && size > limit {
		return bodyTooLarge(limit)
	}
	if plausible && size <= largestGuess {
		err := b.inflate(packed.Bytes(), size, min(limit, largestGuess))
		if !errs.Is(err, errs.BodyTooLarge) {
			return err
		}
		b.Reset() // the trailer was that of one member of several
	}
	size, err := b.server.inflatedSize(packed.Bytes(), limit)
	if err != nil {
		return err
	}
	return b.inflate(packed.Bytes(), size, limit)
}

const bestRatio = 1032 // of deflate: one byte expands to at most so many

// sizeInTrailer is the size of the last member of a gzip file, read from its trailer (RFC 1952, section 2.3.1). It is plausible if packed
// can expand to so many bytes.
func sizeInTrailer(packed []byte) (size int64, plausible bool) {
	if len(packed) < 4 {
		return 0, false
	}
	size = int64(binary.LittleEndian.Uint32(packed[len(packed)-4:]))
	return size, size <= bestRatio*int64(len(packed))
}

func (b *body) inflate(packed []byte, expected, limit int64) error {
	return b.server.unzip(packed, func(plain io.Reader) error { return b.readAll(plain, expected, limit) })
}

// inflatedSize is the size of packed when decompressed. More than limit is an error.
func (s *Server) inflatedSize(packed []byte, limit int64) (size int64, err error) {
	err = s.unzip(packed, func(plain io.Reader) error {
		size, err = io.Copy(io.Discard, io.LimitReader(plain, limit+1))
		if size > limit {
			return bodyTooLarge(limit)
		}
		return err
	})
	return size, err
}

// unzip passes the decompressed bytes of packed to read.
func (s *Server) unzip(packed []byte, read func(io.Reader) error) error {
	zip, _ := s.unzips.Get().(*gzip.Reader)
	if zip == nil {
		zip = new(gzip.Reader)
	}
	defer s.unzips.Put(zip)
	err := zip.Reset(bytes.NewReader(packed))
	if err == nil {
		err = read(zip)
	}
	if err != nil && isCorrupt(err) {
		return errs.New(errs.InvalidEncoding, "The body is not valid gzip, though its Content-Encoding says so.")
	}
	return err
}

func isCorrupt(err error) bool {
	if _, net := errors.AsType[net.Error](err); net {
		return false
	}
	_, classified := errors.AsType[*errs.Error](err)
	return !classified
}
