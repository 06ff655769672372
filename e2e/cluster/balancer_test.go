package cluster

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// balancer sends requests in turn to the replicas that were ready when it asked last. It repeats none.
type balancer struct {
	*httptest.Server
	turn atomic.Int64

	mu       sync.Mutex
	replicas []*url.URL
	ready    []*url.URL
}

const askEvery = 100 * time.Millisecond

func newBalancer(t *testing.T) *balancer {
	t.Helper()
	b := new(balancer)
	forward := &httputil.ReverseProxy{
		FlushInterval: -1,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
		Rewrite: func(r *httputil.ProxyRequest) {
			if to := b.next(); to != nil {
				r.SetURL(to)
			}
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "balancer: "+err.Error(), http.StatusBadGateway)
		},
	}
	b.Server = httptest.NewServer(forward)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			b.ask(ctx)
			select {
			case <-time.After(askEvery):
			case <-ctx.Done():
			}
		}
	}()
	t.Cleanup(func() {
		stop()
		<-done
		b.Close()
	})
	return b
}

func (b *balancer) next() *url.URL {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.ready) == 0 {
		return nil
	}
	return b.ready[int(b.turn.Add(1))%len(b.ready)]
}

// set says which replicas there are.
func (b *balancer) set(t *testing.T, replicas ...*replica) {
	t.Helper()
	all := make([]*url.URL, len(replicas))
	for i, r := range replicas {
		u, err := url.Parse(r.url)
		if err != nil {
			t.Fatal(err)
		}
		all[i] = u
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.replicas = all
}

// ask asks all replicas at once, since one may not answer.
func (b *balancer) ask(ctx context.Context) {
	b.mu.Lock()
	all := b.replicas
	b.mu.Unlock()
	answers := make([]bool, len(all))
	var asked sync.WaitGroup
	for i, u := range all {
		asked.Go(func() { answers[i] = isReady(ctx, u.String()) })
	}
	asked.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ready = nil
	for i, ok := range answers {
		if ok {
			b.ready = append(b.ready, all[i])
		}
	}
}

func isReady(ctx context.Context, base string) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/ready", http.NoBody)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
}

// readyCount is how many replicas were ready when they were asked last.
func (b *balancer) readyCount() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.ready)
}
