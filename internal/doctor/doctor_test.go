package doctor_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/doctor"
	"github.com/openloop-server/openloop/internal/secret"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/store/pgtest"
	"github.com/openloop-server/openloop/internal/vault"
)

var postgres pgtest.Server

// TestMain runs the doctor instead of the tests where a test has asked for that, to do so under other limits.
func TestMain(m *testing.M) {
	if dir := os.Getenv("DOCTOR_DATA"); dir != "" {
		report := doctor.Examine(context.Background(), options(dir))
		for _, f := range report.Findings {
			_, _ = os.Stdout.WriteString(f.Check + " " + string(f.State) + "\n")
		}
		os.Exit(report.Code())
	}
	code := m.Run()
	postgres.Stop()
	os.Exit(code)
}

// options are those of a machine where all is well: SQLite in dir, and no server.
func options(dir string, environ ...string) doctor.Options {
	environ = append([]string{"OPENLOOP_DATA_DIR=" + dir, "OPENLOOP_ADDR=127.0.0.1:0"}, environ...)
	return doctor.Options{
		Environ: environ, Version: "1.0.0", Local: "http://127.0.0.1:1", Memory: 8 << 30, Syncs: 1, Now: time.Now,
		OpenStore: func(ctx context.Context) (*store.DB, error) { return store.Open(ctx, database(environ)) },
		Plan:      func(ctx context.Context) ([]store.Step, error) { return store.Plan(ctx, database(environ)) },
	}
}

// database is the one that the variables name.
func database(environ []string) store.Options {
	o := store.Options{Logger: slog.New(slog.DiscardHandler)}
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		switch name {
		case "OPENLOOP_DATABASE_URL":
			o.URL = value
		case "OPENLOOP_DATA_DIR":
			o.Path = filepath.Join(value, "openloop.db")
		}
	}
	return o
}

// folder is a data directory as the server makes it.
func folder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// on makes the database.
func on(t *testing.T, o doctor.Options) *store.DB {
	t.Helper()
	db, err := o.OpenStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// quiet are the checks that depend on the machine that runs the tests: its disks, its limits, its speed.
var quiet = []string{"data-file-system", "data-space", "data-sync", "open-files", "database-latency"}

// expect compares what the doctor finds wrong with a list of "check state", and the exit code with the worst of them.
func expect(t *testing.T, o doctor.Options, want ...string) doctor.Report {
	t.Helper()
	report := doctor.Examine(t.Context(), o)
	var got []string
	for _, f := range report.Findings {
		bad := f.State == doctor.Warning || f.State == doctor.Fault
		line := f.Check + " " + string(f.State)
		if bad && (!slices.Contains(quiet, f.Check) || slices.Contains(want, line)) {
			got = append(got, line)
			t.Logf("%s: %s %s %s", line, f.Wrong, f.Found, f.Do)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	if code := report.Code(); slices.ContainsFunc(want, isFault) && code != 2 || len(want) > 0 && code == 0 {
		t.Errorf("the exit code is %d", code)
	}
	return report
}

func isFault(line string) bool { return strings.HasSuffix(line, " fault") }

func TestNothingIsWrong(t *testing.T) {
	expect(t, options(filepath.Join(t.TempDir(), "new", "data")))
	o := options(folder(t))
	if err := on(t, o).Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(t, o)
}

func TestSettings(t *testing.T) {
	expect(t, options(folder(t), "OPENLOOP_LOG_LEVEL=loud"), "settings fault")
	report := expect(t, options(folder(t), "OPENLOOP_MAX_BODYS=1"), "settings-unknown warning")
	want := "OPENLOOP_MAX_BODYS is no setting of Openloop, and is ignored. Did you mean OPENLOOP_MAX_BODY?"
	if got := find(t, report, "settings-unknown").Found; got != want {
		t.Errorf("found %q, want %q", got, want)
	}
	expect(t, options(folder(t), "OPENLOOP_ADDR=0.0.0.0:0", "OPENLOOP_METRICS_OPEN=true"), "metrics-open warning")
}

func find(t *testing.T, r doctor.Report, check string) doctor.Finding {
	t.Helper()
	i := slices.IndexFunc(r.Findings, func(f doctor.Finding) bool { return f.Check == check })
	if i < 0 {
		t.Fatalf("there is no check %s", check)
	}
	return r.Findings[i]
}

func TestDataDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	expect(t, options(file), "data-directory fault")
	expect(t, options(filepath.Join(file, "data")), "data-directory fault")
	open := folder(t)
	if err := os.Chmod(open, 0o755); err != nil {
		t.Fatal(err)
	}
	expect(t, options(open), "data-owner warning")
}

// TestDataDirectoryWithoutRights needs another account than root, whom no mode keeps out.
func TestDataDirectoryWithoutRights(t *testing.T) {
	dir := folder(t)
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() != 0 {
		expect(t, options(dir), "data-directory fault")
		return
	}
	for at := dir; at != filepath.Dir(os.TempDir()) && at != "/"; at = filepath.Dir(at) {
		if at != dir && at != os.TempDir() {
			if err := os.Chmod(at, 0o711); err != nil {
				t.Fatal(err)
			}
		}
	}
	out, code := child(t, dir, &syscall.Credential{Uid: 65534, Gid: 65534}, "exec \"$0\"")
	if !strings.Contains(out, "data-directory fault\n") || code != 2 {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// TestFewFiles runs the doctor where few files may be open.
func TestFewFiles(t *testing.T) {
	out, code := child(t, folder(t), nil, "ulimit -n 1024; exec \"$0\"")
	if !strings.Contains(out, "open-files warning\n") || code == 0 {
		t.Errorf("exit code %d\n%s", code, out)
	}
	out, code = child(t, folder(t), nil, "ulimit -n 200; exec \"$0\"")
	if !strings.Contains(out, "open-files fault\n") || code != 2 {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// child runs the doctor in a process of its own, by a script of the shell whose $0 is this program.
func child(t *testing.T, dir string, as *syscall.Credential, script string) (out string, code int) {
	t.Helper()
	program := os.Args[0]
	if as != nil { // who may not read where this program is
		program = filepath.Join(filepath.Dir(dir), "doctor.test")
		raw, err := os.ReadFile(os.Args[0])
		if err == nil {
			err = os.WriteFile(program, raw, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script, program)
	cmd.Env = []string{"DOCTOR_DATA=" + dir}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	raw, err := cmd.Output()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(raw), cmd.ProcessState.ExitCode()
}

// TestDiskWithoutSpace looks at a file system in memory that is as good as full.
func TestDiskWithoutSpace(t *testing.T) {
	dir := folder(t)
	if err := syscall.Mount("openloop-doctor", dir, "tmpfs", 0, "size=1m,mode=0700"); err != nil {
		t.Skip("no file system can be mounted here: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, 0) })
	expect(t, options(dir), "data-space fault", "data-file-system warning")
}

func TestMemory(t *testing.T) {
	o := options(folder(t))
	o.Memory = 512 << 20
	expect(t, o, "memory-limit warning")
	o = options(folder(t), "GOMEMLIMIT=9GiB")
	expect(t, o, "memory-gomemlimit warning")
}

func TestEncryptionKey(t *testing.T) {
	o := options(folder(t))
	db := on(t, o)
	v := vault.New(db, secret.Source{Text: strings.Repeat("11", 32)})
	if _, err := v.Save(t.Context(), vault.Key{Provider: "openai", Name: store.DefaultKey, Value: "sk-not-a-real-key-0123456789"}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(t, o, "encryption-key fault")
	o.Environ = append(o.Environ, "OPENLOOP_ENCRYPTION_KEY="+strings.Repeat("22", 32))
	expect(t, o, "encryption-key fault")
	o.Environ = append(o.Environ, "OPENLOOP_ENCRYPTION_KEY="+strings.Repeat("11", 32))
	expect(t, o)
}

func TestTelemetry(t *testing.T) {
	expect(t, options(folder(t), "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1"), "telemetry warning")
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Token") != "a b" || r.URL.Path != "/v1/traces" && r.URL.Path != "/v1/metrics" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer collector.Close()
	endpoint := "OTEL_EXPORTER_OTLP_ENDPOINT=" + collector.URL + "/"
	expect(t, options(folder(t), endpoint), "telemetry warning")
	expect(t, options(folder(t), endpoint, "OTEL_EXPORTER_OTLP_HEADERS=X-Token=a%20b"))
}

func TestAddress(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	expect(t, options(folder(t), "OPENLOOP_ADDR="+other.Addr().String()), "address fault")
	o := options(folder(t))
	o.Server = "http://127.0.0.1:1"
	expect(t, o, "address fault")
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	o.Server = web.URL
	expect(t, o, "address fault")
}

// stand is a server as the doctor sees it.
func stand(version string) http.Handler {
	mux := http.NewServeMux()
	say := func(status int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, text)
		}
	}
	mux.Handle("/health", say(http.StatusOK, `{"status":"ok","version":"`+version+`"}`))
	mux.Handle("/ready", say(http.StatusServiceUnavailable, `{"detail":{"message":"The database did not answer within 3s."}}`))
	mux.Handle("/v5/me", say(http.StatusUnauthorized, `{}`))
	return mux
}

func TestRunningServer(t *testing.T) {
	web := httptest.NewServer(stand("0.9.0"))
	defer web.Close()
	o := options(folder(t), "OPENLOOP_API_KEY=hl_sk_0123456789abcdef")
	o.Server = web.URL
	expect(t, o, "server-ready fault", "server-version warning", "server-key fault")
}

func TestPublicURL(t *testing.T) {
	expect(t, options(folder(t), "OPENLOOP_PUBLIC_URL=http://127.0.0.1:1"), "public-url fault")
	expect(t, options(folder(t), "OPENLOOP_PUBLIC_URL=http://openloop.invalid"), "public-url fault", "public-url-secure warning")
	web := httptest.NewServer(http.RedirectHandler("https://example.com", http.StatusMovedPermanently))
	defer web.Close()
	expect(t, options(folder(t), "OPENLOOP_PUBLIC_URL="+web.URL), "public-url fault")
}

func TestCertificates(t *testing.T) {
	roots := x509.NewCertPool()
	day := 24 * time.Hour
	for _, c := range []struct {
		name    string
		host    string
		ends    time.Duration
		trusted bool
		want    []string
	}{
		{"good", "127.0.0.1", 90 * day, true, nil},
		{"expired", "127.0.0.1", -day, true, []string{"tls-expiry fault"}},
		{"soon", "127.0.0.1", 3 * day, true, []string{"tls-expiry warning"}},
		{"name", "127.0.0.2", 90 * day, true, []string{"tls-name fault"}},
		{"chain", "127.0.0.1", 90 * day, false, []string{"tls-chain fault"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			web := httptest.NewUnstartedServer(stand("1.0.0"))
			made := certificate(t, c.host, time.Now().Add(c.ends))
			if c.trusted {
				roots.AddCert(made.Leaf)
			}
			web.Config.ErrorLog = log.New(io.Discard, "", 0)
			web.TLS = &tls.Config{Certificates: []tls.Certificate{made}}
			web.StartTLS()
			defer web.Close()
			o := options(folder(t), "OPENLOOP_PUBLIC_URL="+web.URL)
			o.Roots = roots
			expect(t, o, c.want...)
		})
	}
}

// certificate makes one that signs itself.
func certificate(t *testing.T, host string, ends time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: t.Name()}, IPAddresses: []net.IP{net.ParseIP(host)},
		NotBefore: ends.Add(-100 * 24 * time.Hour), NotAfter: ends, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	raw, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key, Leaf: leaf}
}

// paced is a server that streams words as the mock provider does, and a proxy that holds them back, or not.
func paced(holds bool) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", stand("1.0.0"))
	mux.HandleFunc("/v5/prompts/call", func(w http.ResponseWriter, r *http.Request) {
		out := bufio.NewWriter(w)
		for range 8 {
			select {
			case <-time.After(100 * time.Millisecond):
			case <-r.Context().Done():
			}
			_, _ = out.WriteString("data: {}\n\n")
			if !holds {
				_ = out.Flush()
				w.(http.Flusher).Flush()
			}
		}
		_ = out.Flush()
	})
	return mux
}

func TestProxyThatHoldsStreamsBack(t *testing.T) {
	for holds, want := range map[bool][]string{true: {"proxy-streams fault"}, false: nil} {
		web := httptest.NewServer(paced(holds))
		expect(t, options(folder(t), "OPENLOOP_PUBLIC_URL="+web.URL, "OPENLOOP_API_KEY=hl_sk_0123456789abcdef"), want...)
		web.Close()
	}
}

func TestSQLiteFile(t *testing.T) {
	dir := folder(t)
	if err := os.WriteFile(filepath.Join(dir, "openloop.db"), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	expect(t, options(dir), "database-open fault")
}

// TestProviderKeys takes the tests of keys from the caller, as the command does.
func TestProviderKeys(t *testing.T) {
	o := options(folder(t))
	if err := on(t, o).Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.Providers = true
	o.TestKeys = func(context.Context, *store.DB) ([]doctor.TestedKey, error) {
		return []doctor.TestedKey{{Provider: "openai"}, {Provider: "groq", Err: os.ErrPermission}}, nil
	}
	expect(t, o, "provider-keys fault")
}

// TestNoSecretIsShown sets every setting to something that nobody may see, and looks for it in all that is found.
func TestNoSecretIsShown(t *testing.T) {
	const canary = "canary0123456789"
	environ := []string{
		"OPENLOOP_API_KEY=hl_sk_" + canary, "OPENLOOP_ENCRYPTION_KEY=" + canary, "OPENLOOP_DATABASE_URL=postgres://u:" + canary + "@127.0.0.1:1/db?password=" + canary,
		"OPENAI_API_KEY=sk-" + canary, "AWS_SECRET_ACCESS_KEY=" + canary, "AWS_SESSION_TOKEN=" + canary, "OTEL_EXPORTER_OTLP_HEADERS=authorization=" + canary,
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://" + canary + ":" + canary + "@127.0.0.1:1/" + canary, "OPENLOOP_PUBLIC_URL=https://" + canary + ":" + canary + "@127.0.0.1:1/" + canary,
		"OPENLOOP_LOG_LEVEL=" + canary, "OPENLOOP_LOG_FORMAT=" + canary, "OPENLOOP_SHUTDOWN_TIMEOUT=" + canary, "OPENLOOP_TOKEN=" + canary, "GOMEMLIMIT=" + canary,
		"OPENLOOP_PYTHON_COMMAND=" + canary, "OPENLOOP_TRUSTED_PROXIES=" + canary, "OPENLOOP_MAX_BODY=" + canary, "OPENLOOP_ALLOWED_ORIGINS=" + canary,
	}
	o := options(folder(t), environ...)
	o.Server = "http://" + canary + ":" + canary + "@127.0.0.1:1"
	for _, f := range doctor.Examine(t.Context(), o).Findings {
		if strings.Contains(f.Found, canary) {
			t.Errorf("%s shows a secret: %s", f.Check, f.Found)
		}
	}
}

// TestTheTableIsWhole holds every row to what a stranger needs: a name of its own, and plain sentences.
func TestTheTableIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range doctor.Checks() {
		if seen[c.Name] || c.Name == "" || c.Looks == "" || strings.HasSuffix(c.Looks, ".") {
			t.Errorf("the row %+v has no name of its own, or looks at nothing", c)
		}
		seen[c.Name] = true
		for _, text := range []string{c.Wrong, c.Do} {
			if !strings.HasSuffix(text, ".") || strings.ToUpper(text[:1]) != text[:1] && !strings.HasPrefix(text, "GOMEMLIMIT") {
				t.Errorf("%s: %q is no sentence", c.Name, text)
			}
		}
	}
}
