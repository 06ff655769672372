package doctor_test

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/openloop-server/openloop/internal/doctor"
)

var keyed = "OPENLOOP_ENCRYPTION_KEY=" + strings.Repeat("11", 32)

// onPostgres are options with a database.
func onPostgres(t *testing.T, url string) doctor.Options {
	t.Helper()
	return options(folder(t), keyed, "OPENLOOP_DATABASE_URL="+url)
}

// run runs statements as the owner of a schema.
func run(t *testing.T, url string, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, s := range statements {
		if _, err := conn.Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}

// with is a URL with another parameter.
func with(t *testing.T, text, name, value string) string {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set(name, value)
	u.RawQuery = query.Encode()
	return u.String()
}

func TestNothingIsWrongWithPostgres(t *testing.T) {
	o := onPostgres(t, postgres.URL(t))
	expect(t, o)
	if err := on(t, o).Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(t, o)
	o.Replicas = 50
	expect(t, o, "database-connections warning")
	o.Replicas = 1
	o.Now = func() time.Time { return time.Now().Add(time.Hour) }
	expect(t, o, "database-clock warning")
}

func TestDatabaseThatCannotBeOpened(t *testing.T) {
	for _, url := range []string{"postgres://u:p@127.0.0.1:1/db", "postgres://[", with(t, postgres.URL(t), "user", "nobody")} {
		expect(t, onPostgres(t, url), "database-open fault")
	}
}

func TestKeyInAFileBesidePostgres(t *testing.T) {
	o := options(folder(t), "OPENLOOP_DATABASE_URL="+postgres.URL(t))
	expect(t, o)
	o.Replicas = 2
	expect(t, o, "encryption-key-place warning")
}

func TestRoleWithoutRights(t *testing.T) {
	url := postgres.URL(t)
	schema := strings.TrimSuffix(strings.SplitAfter(url, "search_path=")[1], "&")
	schema, _, _ = strings.Cut(schema, "&")
	run(t, url, "CREATE ROLE weak LOGIN")
	weak := onPostgres(t, with(t, url, "user", "weak"))
	expect(t, weak, "database-rights fault") // it may not use the schema
	run(t, url, "GRANT USAGE ON SCHEMA "+schema+" TO weak")
	expect(t, weak, "database-rights fault") // nor make tables there
	run(t, url, "GRANT CREATE ON SCHEMA "+schema+" TO weak")
	expect(t, weak)
	run(t, url, "CREATE TABLE theirs (n INTEGER)")
	expect(t, weak, "database-rights fault") // nor change those of others
}

func TestDatabaseThatIsReadOnly(t *testing.T) {
	expect(t, onPostgres(t, with(t, postgres.URL(t), "default_transaction_read_only", "on")), "database-writable fault")
}

func TestNewerDatabase(t *testing.T) {
	url := postgres.URL(t)
	o := onPostgres(t, url)
	if err := on(t, o).Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	run(t, url, "INSERT INTO migration (number, name, checksum, applied_us, since) VALUES (9999, '9999_future', '', 0, 9999)")
	expect(t, o, "database-migrations fault")
}

// TestPooler puts a pooler's habits between: another process than the one that was told, and no notifications.
func TestPooler(t *testing.T) {
	direct := postgres.URL(t)
	addr := pooler(t, direct)
	u, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Del("host")
	query.Set("sslmode", "disable")
	u.Host, u.RawQuery = addr, query.Encode()
	expect(t, onPostgres(t, u.String()), "database-pooler warning", "database-listen warning")
}

// pooler forwards connections to the socket of a database, and changes what it answers.
func pooler(t *testing.T, direct string) (addr string) {
	t.Helper()
	u, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	socket := u.Query().Get("host") + "/.s.PGSQL.5432"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("unix", socket)
			if err != nil {
				_ = client.Close()
				return
			}
			go func() {
				_, _ = io.Copy(server, client)
				_ = server.Close()
			}()
			go func() {
				swallow(client, server)
				_ = client.Close()
			}()
		}
	}()
	return listener.Addr().String()
}

// swallow copies the messages of a database, but for notifications, and tells of another process.
func swallow(to io.Writer, from io.Reader) {
	in := bufio.NewReader(from)
	for {
		head := make([]byte, 5)
		if _, err := io.ReadFull(in, head); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(head[1:])-4)
		if _, err := io.ReadFull(in, body); err != nil {
			return
		}
		switch head[0] {
		case 'A': // NotificationResponse
			continue
		case 'K': // BackendKeyData
			binary.BigEndian.PutUint32(body, 1)
		}
		if _, err := to.Write(append(head, body...)); err != nil {
			return
		}
	}
}
