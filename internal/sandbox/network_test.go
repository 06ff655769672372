package sandbox_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/sandbox"
	"github.com/openloop-server/openloop/internal/sandbox/sandboxtest"
)

// world answers requests by their paths.
func world(ctx context.Context, r *sandbox.FetchRequest) (*sandbox.FetchResponse, error) {
	out := &sandbox.FetchResponse{Status: 200, Reason: "OK", URL: r.URL, Header: http.Header{"Content-Type": {"text/plain; charset=latin-1"}, "X-Two": {"a", "b"}}}
	switch {
	case strings.HasSuffix(r.URL, "/refused"):
		return nil, errs.New(errs.AddressRefused, "This server does not connect to it.")
	case strings.HasSuffix(r.URL, "/slow"):
		<-ctx.Done()
		return nil, context.Cause(ctx)
	case strings.HasSuffix(r.URL, "/404"):
		out.Status, out.Reason, out.Body = 404, "Not Found", []byte("no")
	case strings.HasSuffix(r.URL, "/large"):
		out.Body = []byte(strings.Repeat("x", sandbox.MaxFetched))
	case strings.HasSuffix(r.URL, "/larger"):
		out.Body = []byte(strings.Repeat("x", sandbox.MaxFetched+1))
	case strings.HasSuffix(r.URL, "/json"):
		out.Body = []byte(`{"a": [1, "` + "\u00fc" + `"]}`)
	case strings.HasSuffix(r.URL, "/latin"):
		out.Body = []byte{'f', 0xfc, 'r'}
	default:
		raw, err := json.Marshal(map[string]any{"m": r.Method, "u": r.URL, "b": string(r.Body), "h": r.Header})
		out.Body = raw
		return out, err
	}
	return out, nil
}

// TestCodeMakesRequests states what the modules of the network do.
func TestCodeMakesRequests(t *testing.T) {
	t.Parallel()
	p := sandboxtest.Pool(t)
	for code, want := range map[string]string{
		"r = requests.get('http://h/json')\nreturn [r.status_code, r.ok, r.json(), r.reason, r.url, r.headers['x-two'], bool(r)]":                               `[200,true,{"a":[1,"ü"]},"OK","http://h/json","a, b",true]`,
		"r = requests.get('http://h/latin')\nreturn [r.text, list(r.content), r.encoding]":                                                                      `["für",[102,252,114],"latin-1"]`,
		"return len(requests.get('http://h/large').content)":                                                                                                    "10485760",
		"r = requests.get('http://h/?a=1#x', params={'b': ['c d', 2], 'n': None}, headers={'X-A': 'y', 'accept': 'z'}).json()\nreturn [r['m'], r['u'], r['h']]": `["GET","http://h/?a=1&b=c+d&b=2#x",{"Accept":["z"],"User-Agent":["python-requests"],"X-A":["y"]}]`,
		"r = requests.post('http://h/', json={'ü': 1}).json()\nreturn [r['m'], r['b'], r['h']['Content-Type']]":                                                 `["POST","{\"\\u00fc\": 1}",["application/json"]]`,
		"r = requests.put('http://h/', data={'a': 'b c'}).json()\nreturn [r['m'], r['b'], r['h']['Content-Type']]":                                              `["PUT","a=b+c",["application/x-www-form-urlencoded"]]`,
		"r = requests.patch('http://h/', data='x', auth=('u', 'p')).json()\nreturn [r['m'], r['b'], r['h']['Authorization']]":                                   `["PATCH","x",["Basic dTpw"]]`,
		"return [requests.delete('http://h/').json()['m'], requests.request('get', 'http://h/').json()['m'], requests.head('http://h/').json()['m']]":           `["DELETE","GET","HEAD"]`,
		"with requests.Session() as s:\n    s.headers.update({'X-S': '1'})\n    return s.get('http://h/').json()['h']['X-S']":                                   `["1"]`,
		"try: requests.get('http://h/404').raise_for_status()\n  except requests.HTTPError as e: return [str(e), e.response.text]":                              `["404 Client Error: Not Found for url: http://h/404","no"]`,
		"try: requests.get('http://h/refused')\n  except requests.exceptions.RequestException as e: return [type(e).__name__, str(e)]":                          `["ConnectionError","This server does not connect to it."]`,
		"try: requests.get('http://h/slow', timeout=0.01)\n  except requests.Timeout as e: return str(e)":                                                       `"The answer did not come in time."`,
		"try: requests.get('http://h/404').json()\n  except requests.JSONDecodeError as e: return str(e)":                                                       `"Expecting value: line 1 column 1 (char 0)"`,
		"try: requests.get('http://h/larger')\n  except requests.ConnectionError as e: return str(e)":                                                           `"The answer has more than 10 MiB."`,
		"try: requests.post('http://h/', data='x' * 1048577)\n  except requests.ConnectionError as e: return str(e)":                                            `"The body of the request has 1048577 bytes, and may have 1048576."`,
		"try: requests.post('http://h/', data='x' * 1500000)\n  except requests.ConnectionError as e: return str(e)":                                            `"This code has no network, or the request is too large."`,
		"for i in range(30):\n    try: requests.get('http://h/')\n    except requests.ConnectionError as e: return [i, str(e)]":                                 `[20,"A run makes 20 requests at most."]`,
		"r = urllib.request.urlopen('http://h/json', timeout=3)\nreturn [r.status, json.load(r), r.headers['content-type'], r.geturl()]":                        `[200,{"a":[1,"ü"]},"text/plain; charset=latin-1","http://h/json"]`,
		"r = json.load(urllib.request.urlopen(urllib.request.Request('http://h/', data=b'd', headers={'A': 'b'})))\nreturn [r['m'], r['b'], r['h']]":            `["POST","d",{"A":["b"],"Content-Type":["application/x-www-form-urlencoded"],"User-Agent":["Python-urllib"]}]`,
		"try: urllib.request.urlopen('http://h/404')\n  except urllib.error.HTTPError as e: return [e.code, e.read().decode()]":                                 `[404,"no"]`,
		"try: urllib.request.urlopen('http://h/refused')\n  except urllib.error.URLError as e: return str(e.reason)":                                            `"This server does not connect to it."`,
		"try: import httpx\n  except ImportError as e: return str(e)":                                                                                           `"No module named 'httpx': the network of the sandbox has requests and urllib.request"`,
	} {
		t.Run(code, func(t *testing.T) {
			j := sandbox.Job{Code: "import json, requests, urllib.request, urllib.error\ndef f():\n  " + strings.ReplaceAll(code, "\nreturn", "\n  return"), Args: json.Value("{}"), Fetch: world, Timeout: time.Minute}
			r, err := p.Run(t.Context(), j)
			if err != nil || string(r.Value) != want {
				t.Errorf("got %s, %v\n%s", r.Value, err, r.Stdout)
			}
		})
	}
}

// TestOnlyRunsWithANetworkHaveOne runs code that looks for a network after a run that had one, and code that writes a request by itself.
func TestOnlyRunsWithANetworkHaveOne(t *testing.T) {
	p := sandboxtest.Pool(t)
	with := sandbox.Job{Code: "import requests\ndef f(): return requests.get('http://h/json').status_code", Args: json.Value("{}"), Fetch: world}
	for range 2 {
		if r, err := p.Run(t.Context(), with); err != nil || string(r.Value) != "200" {
			t.Fatalf("with a network: %s, %v", r.Value, err)
		}
		without := with
		without.Fetch = nil
		_, err := p.Run(t.Context(), without)
		const want = "ModuleNotFoundError: No module named 'requests': code in the sandbox has no network; compute this outside, as an external Evaluator, or in a Tool (line 1)"
		if d := cmp.Diff(want, errs.From(err).Message); d != "" {
			t.Errorf("without (-want +got):\n%s", d)
		}
	}
	forged := sandbox.Job{Args: json.Value("{}"), Code: `
import os, sys
def f():
    m = sys.modules["__main__"]
    try: m._modules["requests"].get("http://h/")
    except OSError as e: first = str(e)
    os.write(1, b'\n{"fetch": {"method": "GET", "url": "http://h/", "headers": [], "body": "", "timeout": 0}}\n')
    return [first, os.read(0, 10).decode()]`}
	r, err := p.Run(t.Context(), forged)
	if err != nil || string(r.Value) != `["This code has no network, or the request is too large.",""]` {
		t.Errorf("forged: %s, %v", r.Value, err)
	}
}

// TestWaitingKeepsNobodyOut lets as many runs wait for requests as may, on a Pool with one place. Others run meanwhile, and all end well.
func TestWaitingKeepsNobodyOut(t *testing.T) {
	p := sandboxtest.Pool(t)
	arrived, leave := make(chan struct{}), make(chan struct{})
	wait := sandbox.Job{Code: "import requests\ndef f(): return requests.get('http://h/').text", Args: json.Value("{}"), Fetch: func(ctx context.Context, _ *sandbox.FetchRequest) (*sandbox.FetchResponse, error) {
		arrived <- struct{}{}
		select {
		case <-leave:
			return &sandbox.FetchResponse{Status: 200, Body: []byte("done")}, nil
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if r, err := p.Run(t.Context(), wait); err != nil || string(r.Value) != `"done"` {
				t.Errorf("a run that waited: %s, %v", r.Value, err)
			}
		})
		<-arrived
	}
	ended, cancel := context.WithCancel(t.Context())
	all.Go(func() {
		if _, err := p.Run(ended, wait); !errors.Is(err, context.Canceled) {
			t.Errorf("a run that was given up: %v", err)
		}
	})
	<-arrived
	cancel()
	limited := wait
	limited.Timeout, limited.Fetch = 300*time.Millisecond, func(ctx context.Context, _ *sandbox.FetchRequest) (*sandbox.FetchResponse, error) {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	if _, err := p.Run(t.Context(), limited); !errs.Is(err, errs.CodeTimeout) {
		t.Errorf("a run whose time is over: %v", err)
	}
	for range 2 {
		if r, err := p.Run(t.Context(), one); err != nil || string(r.Value) != "1" {
			t.Errorf("another run: %s, %v", r.Value, err)
		}
	}
	close(leave)
	all.Wait()
	if r, err := p.Run(t.Context(), one); err != nil || string(r.Value) != "1" {
		t.Errorf("a run afterwards: %s, %v", r.Value, err)
	}
}
