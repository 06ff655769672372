package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// jsonExport is an ExportTraceServiceRequest in JSON. Its spans are read one by one.
type jsonExport struct {
	ResourceSpans []struct {
		Resource struct {
			Attributes []jsonAttribute `json:"attributes"`
		} `json:"resource"`
		ScopeSpans []struct {
			Scope struct {
				Name       string          `json:"name"`
				Version    string          `json:"version"`
				Attributes []jsonAttribute `json:"attributes"`
			} `json:"scope"`
			Spans []json.Value `json:"spans"`
		} `json:"scopeSpans"`
	} `json:"resourceSpans"`
}

type jsonSpan struct {
	TraceID      string          `json:"traceId"`
	SpanID       string          `json:"spanId"`
	ParentSpanID string          `json:"parentSpanId"`
	Name         string          `json:"name"`
	Kind         json.Value      `json:"kind"`
	Start        json.Value      `json:"startTimeUnixNano"`
	End          json.Value      `json:"endTimeUnixNano"`
	Attributes   []jsonAttribute `json:"attributes"`
	Events       []jsonEvent     `json:"events"`
	Links        []jsonLink      `json:"links"`
	State        string          `json:"traceState"`
	Status       struct {
		Code    json.Value `json:"code"`
		Message string     `json:"message"`
	} `json:"status"`
}

type jsonEvent struct {
	At         json.Value      `json:"timeUnixNano"`
	Name       string          `json:"name"`
	Attributes []jsonAttribute `json:"attributes"`
}

type jsonLink struct {
	TraceID    string          `json:"traceId"`
	SpanID     string          `json:"spanId"`
	State      string          `json:"traceState"`
	Attributes []jsonAttribute `json:"attributes"`
}

type jsonAttribute struct {
	Key   string    `json:"key"`
	Value jsonValue `json:"value"`
}

type jsonValue struct {
	String *string    `json:"stringValue"`
	Bool   *bool      `json:"boolValue"`
	Int    json.Value `json:"intValue"`
	Double json.Value `json:"doubleValue"`
	Bytes  *string    `json:"bytesValue"`
	Array  *struct {
		Values []jsonValue `json:"values"`
	} `json:"arrayValue"`
	Members *struct {
		Values []jsonAttribute `json:"values"`
	} `json:"kvlistValue"`
}

// ReadJSON reads an ExportTraceServiceRequest in JSON. It accepts all forms in use: ids in hexadecimal or base64, enums as numbers or names,
// 64-bit numbers as strings or numbers. Unknown members are ignored, and empty data is an empty export.
//
// Errors: invalid_json and invalid_encoding for data that is not JSON, validation_failed for JSON that is not an export. Both say where.
func ReadJSON(data []byte) (*Batch, error) {
	var export jsonExport
	if len(bytes.TrimSpace(data)) == 0 {
		return &Batch{}, nil
	}
	if err := json.Unmarshal(data, &export); err != nil {
		return nil, unreadable(json.Describe(data, err))
	}
	b := &Batch{}
	for i := range export.ResourceSpans {
		resource := &export.ResourceSpans[i]
		about, err := attributes(resource.Resource.Attributes, 0)
		if err != nil {
			return nil, errs.Invalid(fmt.Sprintf("resourceSpans[%d].resource %v.", i, err))
		}
		for j := range resource.ScopeSpans {
			scope := &resource.ScopeSpans[j]
			aboutScope, err := attributes(scope.Scope.Attributes, 0)
			if err != nil {
				return nil, errs.Invalid(fmt.Sprintf("resourceSpans[%d].scopeSpans[%d].scope %v.", i, j, err))
			}
			for k, raw := range scope.Spans {
				s := Span{Resource: about, Scope: scope.Scope.Name, ScopeVersion: scope.Scope.Version}
				if len(aboutScope) > 0 {
					s.ScopeAttributes = aboutScope
				}
				if err := s.readJSON(raw); err != nil {
					b.Refusals.Add(fmt.Sprintf("The span resourceSpans[%d].scopeSpans[%d].spans[%d] %v.", i, j, k, err))
					continue
				}
				b.Spans = append(b.Spans, s)
			}
		}
	}
	return b, nil
}

func unreadable(f json.Fault) error {
	switch {
	case f.UTF8:
		return errs.New(errs.InvalidEncoding, "The body is not valid UTF-8: see line %d, column %d.", f.Line, f.Column)
	case f.Syntax:
		return errs.New(errs.InvalidJSON, "The body is not valid JSON: line %d, column %d: %s.", f.Line, f.Column, f.Reason)
	default:
		return errs.Invalid(fmt.Sprintf("The body is not an OTLP trace export: line %d, column %d: %s.", f.Line, f.Column, f.Reason))
	}
}

func (s *Span) readJSON(raw json.Value) error {
	var in jsonSpan
	if err := json.Unmarshal(raw, &in); err != nil {
		f := json.Describe(raw, err)
		return Fault("has a member that is not valid at " + strconv.Quote(f.Pointer) + ": " + f.Reason)
	}
	s.Name, s.Kind = in.Name, kindName(in.Kind)
	code := Raw(in.Status.Code).Text()
	s.Failed, s.Status, s.State = code == "2" || code == "STATUS_CODE_ERROR", in.Status.Message, in.State
	var failed [8]error
	failed[0] = id(s.TraceID[:], in.TraceID, "trace id")
	failed[1] = id(s.SpanID[:], in.SpanID, "span id")
	failed[2] = id(s.ParentID[:], in.ParentSpanID, "parent span id")
	s.Start, failed[3] = timeOf(in.Start)
	s.End, failed[4] = timeOf(in.End)
	s.Attributes, failed[5] = attributes(in.Attributes, 0)
	s.Events, failed[6] = events(in.Events)
	s.Links, failed[7] = links(in.Links)
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return s.check()
}

// id reads an id in hexadecimal, as the protocol demands, or in base64, as Protocol Buffers print it.
func id(dst []byte, text, what string) error {
	decode := base64.StdEncoding.DecodeString
	if len(text) == hex.EncodedLen(len(dst)) {
		decode = hex.DecodeString
	}
	b, err := decode(text)
	if err != nil {
		return Fault(fmt.Sprintf("has a %s that is neither hexadecimal nor base64", what))
	}
	return fixed(dst, b, what)
}

// kindName is the kind of a span from its number or its name: 3 or SPAN_KIND_CLIENT.
func kindName(raw json.Value) string {
	v := Raw(raw)
	if n, err := strconv.ParseUint(v.Text(), 10, 64); err == nil {
		return kindOf(n)
	}
	name := strings.ToLower(strings.TrimPrefix(v.Text(), "SPAN_KIND_"))
	for _, kind := range kinds {
		if kind == name {
			return kind
		}
	}
	return ""
}

// timeOf reads nanoseconds as a string or as a number, which may have lost digits.
func timeOf(raw json.Value) (time.Time, error) {
	v := Raw(raw)
	if !v.Given() {
		return time.Time{}, nil
	}
	text := v.Text()
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		return moment(n)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f < 0 || f >= 1<<63 {
		return time.Time{}, Fault("has a time that is no number of nanoseconds")
	}
	return moment(uint64(f))
}

func events(in []jsonEvent) ([]SpanEvent, error) {
	var out []SpanEvent
	for i := range in {
		at, failed := timeOf(in[i].At)
		about, err := attributes(in[i].Attributes, 0)
		if err := errors.Join(failed, err); err != nil {
			return nil, err
		}
		out = append(out, SpanEvent{At: at, Name: in[i].Name, Attributes: about})
	}
	return out, nil
}

func links(in []jsonLink) ([]Link, error) {
	var out []Link
	for i := range in {
		l := Link{State: in[i].State}
		about, err := attributes(in[i].Attributes, 0)
		err = errors.Join(id(l.TraceID[:], in[i].TraceID, "trace id of a link"), id(l.SpanID[:], in[i].SpanID, "span id of a link"), err)
		if err != nil {
			return nil, err
		}
		l.Attributes = about
		out = append(out, l)
	}
	return out, nil
}

func attributes(in []jsonAttribute, depth int) (Attributes, error) {
	out := make(Attributes, len(in))
	for i := range in {
		v, err := in[i].Value.value(depth)
		if err != nil {
			return nil, err
		}
		out[in[i].Key] = v
	}
	return out, nil
}

func (v *jsonValue) value(depth int) (Value, error) {
	switch {
	case depth > maxNesting:
		return Value{}, Fault("has an attribute that is nested too deep")
	case v.String != nil:
		return Text(*v.String), nil
	case v.Bool != nil:
		return Boolean(*v.Bool), nil
	case v.Int != nil:
		return number(v.Int)
	case v.Double != nil:
		return number(v.Double)
	case v.Bytes != nil:
		return Text(*v.Bytes), nil
	case v.Array != nil:
		return v.array(depth)
	case v.Members != nil:
		members, err := attributes(v.Members.Values, depth+1)
		return Object(members), err
	default:
		return Value{}, nil
	}
}

// number reads a number that may be a string: one of 64 bits, or NaN.
func number(raw json.Value) (Value, error) {
	v := Raw(raw)
	if n, err := strconv.ParseInt(v.Text(), 10, 64); err == nil {
		return Integer(n), nil
	}
	f, err := strconv.ParseFloat(v.Text(), 64)
	if err != nil {
		return Value{}, Fault("has an attribute that should be a number and is none")
	}
	return Float(f), nil
}

func (v *jsonValue) array(depth int) (Value, error) {
	values := make([]Value, len(v.Array.Values))
	for i := range v.Array.Values {
		var err error
		if values[i], err = v.Array.Values[i].value(depth + 1); err != nil {
			return Value{}, err
		}
	}
	return List(values), nil
}
