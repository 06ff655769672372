package sqldb

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// The channels. That of changes is the oldest one: other messages have channels of their own, so that programs which do not know them do not take them for
// changes. Every process has one more, named after it, on which it hears itself.
const (
	changes       = "openloop"
	channelPrefix = "openloop_"
)

const (
	maxUntold    = 64                     // messages that wait to be told
	wakeInterval = 100 * time.Millisecond // how often others are told of work at most: NOTIFY makes commits wait for each other

	beatEvery   = 700 * time.Millisecond // how often a process tells itself something, so that it notices when it hears nothing any more
	beatTimeout = 2 * time.Second        // after which the connection counts as lost
	lookEvery   = time.Second            // how often everything is taken for changed while nothing is heard
	listenEvery = 30 * time.Second       // how often it is tried to listen where notifications do not arrive
)

// errDeaf means that the connection works and notifications do not arrive.
var errDeaf = errors.New("notifications do not arrive")

type message struct {
	about Channel
	text  string
}

// announce implements [Backend] with a notification "schema self topic topic". The schema distinguishes databases that share a server.
func (p *Postgres) announce(ctx context.Context, tx *Tx, about []Topic) error {
	words := p.self
	for _, topic := range about {
		words += " " + string(topic)
	}
	return tx.Exec(ctx, notify, changes, words)
}

const notify = `SELECT pg_notify($1, current_schema() || ' ' || $2)`

// wake implements [Backend].
func (p *Postgres) wake() { offer(p.work) }

// tell implements [Backend]. A message for which there is no room is not sent.
func (p *Postgres) tell(about Channel, text string) {
	select {
	case p.told <- message{about, text}:
	default:
	}
}

// tellOthers tells others of work whenever there is some, and what they are to know besides. A message that is lost costs them the second after which they
// look by themselves, or an attempt that fails.
func (p *Postgres) tellOthers(ctx context.Context, ready func()) {
	ready()
	for {
		select {
		case <-p.work:
			_, _ = p.Pool.Exec(ctx, notify, changes, p.self+" "+string(Tasks))
		case m := <-p.told:
			_, _ = p.Pool.Exec(ctx, notify, channelPrefix+string(m.about), p.self+" "+m.text)
			continue
		case <-ctx.Done():
			return
		}
		if pause(ctx, wakeInterval) != nil {
			return
		}
	}
}

// heard reads what announce wrote. A program of before topics names none.
func heard(payload string) (schema, from, rest string) {
	schema, rest, _ = strings.Cut(payload, " ")
	from, rest, _ = strings.Cut(rest, " ")
	return schema, from, rest
}

func asTopics(words string) (about []Topic) {
	for word := range strings.FieldsSeq(words) {
		about = append(about, Topic(word))
	}
	return about
}

// watch implements [Backend] by listening. While that does not work, it reports every second that everything may have changed.
func (p *Postgres) watch(ctx context.Context, changed func([]Topic), told func(Channel, string)) {
	l := listener{p: p, changed: changed, told: told}
	warned := false
	for {
		err := l.listen(ctx)
		if ctx.Err() != nil {
			return
		}
		if l.works || !warned {
			p.log.WarnContext(ctx, unheard(err), "error", err)
		}
		warned = true
		again := lookEvery
		if errors.Is(err, errDeaf) && !l.works { // another connection would not help
			again = listenEvery
		}
		for since := time.Now(); time.Since(since) < again; {
			changed(nil)
			if pause(ctx, lookEvery) != nil {
				return
			}
		}
		changed(nil)
	}
}

func unheard(err error) string {
	if errors.Is(err, errDeaf) {
		return "the database does not pass on notifications, as behind a pooler of connections: changes of other replicas are looked for each second. " +
			"Set OPENLOOP_DATABASE_DIRECT_URL to an address of the database itself"
	}
	return "changes of other replicas cannot be heard for the moment; they are looked for each second"
}

// listener is one connection that receives notifications, after the other.
type listener struct {
	p       *Postgres
	changed func([]Topic)
	told    func(Channel, string)

	schema string
	works  bool // the connection has heard this process itself
	beat   bool // a message to itself is under way
}

// listen opens a connection, and listens until it does not work or ctx ends.
func (l *listener) listen(ctx context.Context) error {
	l.works, l.beat = false, false
	conn, err := pgx.ConnectConfig(ctx, l.p.direct)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for _, channel := range []string{changes, channelPrefix + string(Health), l.p.own()} {
		if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
			return err
		}
	}
	if err := conn.QueryRow(ctx, "SELECT current_schema()").Scan(&l.schema); err != nil {
		return err
	}
	if err := l.test(ctx, conn); err != nil {
		return err
	}
	l.changed(nil) // what was not heard before
	for ctx.Err() == nil {
		if err := l.hear(ctx, conn); err != nil {
			return err
		}
		if err := l.sound(ctx, conn); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// own is the channel on which a process hears itself.
func (p *Postgres) own() string { return channelPrefix + strings.ToLower(p.self) }

// test has another connection send a message, and waits for it. Behind a pooler that gives connections away after each transaction, it does not arrive.
func (l *listener) test(ctx context.Context, conn *pgx.Conn) error {
	within, cancel := context.WithTimeout(ctx, beatTimeout)
	defer cancel()
	l.beat = true
	if _, err := l.p.Pool.Exec(within, notify, l.p.own(), l.p.self); err != nil {
		return err
	}
	for l.beat {
		if err := l.one(within, conn); err != nil {
			return err
		}
	}
	l.works = true
	return nil
}

// hear takes notifications until it is time for the next message to itself.
func (l *listener) hear(ctx context.Context, conn *pgx.Conn) error {
	within, cancel := context.WithTimeout(ctx, beatEvery)
	defer cancel()
	for {
		err := l.one(within, conn)
		switch {
		case errors.Is(err, errDeaf) && !l.beat:
			return nil
		case err != nil:
			return err
		}
	}
}

// one takes one notification. It fails with errDeaf when within ends before.
func (l *listener) one(within context.Context, conn *pgx.Conn) error {
	n, err := conn.WaitForNotification(within)
	switch {
	case err == nil:
		l.take(n)
		return nil
	case errors.Is(within.Err(), context.DeadlineExceeded):
		return errDeaf
	}
	return err
}

func (l *listener) take(n *pgconn.Notification) {
	in, from, rest := heard(n.Payload)
	about, ours := strings.CutPrefix(n.Channel, channelPrefix)
	switch {
	case n.Channel == l.p.own():
		l.beat = false
	case in != l.schema || from == l.p.self:
	case n.Channel == changes:
		l.changed(asTopics(rest))
	case ours:
		l.told(Channel(about), rest)
	}
}

// sound sends a message to itself on the connection that listens, and reads the clock. The message is heard before the next one is sent, or else those of
// others are not heard either.
func (l *listener) sound(ctx context.Context, conn *pgx.Conn) error {
	within, cancel := context.WithTimeout(ctx, beatTimeout)
	defer cancel()
	l.beat = true
	return l.p.shared.read(func() (us int64, err error) {
		err = conn.QueryRow(within, `SELECT `+clockMicros+` FROM pg_notify($1, $2)`, l.p.own(), l.schema+" "+l.p.self).Scan(&us)
		return us, err
	})
}
