package admin

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/access"
	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web"
)

// SignIn is what a browser shows to be signed in.
type SignIn struct {
	Key  string `json:"key,omitempty" maxlen:"512" doc:"The secret of an API key."`
	Once string `json:"once,omitempty" maxlen:"512" doc:"The token of a sign-in link, in place of a key."`
}

// SignedIn is a session that has begun. The token of it is in a cookie that the answer sets.
type SignedIn struct {
	ID        string    `json:"id" doc:"The id of the session."`
	Role      auth.Role `json:"role" enum:"admin,developer,member"`
	KeyID     string    `json:"key_id"`
	Name      string    `json:"name" doc:"The name of the key."`
	ExpiresAt time.Time `json:"expires_at" doc:"When the session ends if it is not used."`
}

type openSession struct {
	Body SignIn `body:"json"`
}

func (a *handlers) openSession(ctx context.Context, in *openSession) (*SignedIn, error) {
	if err := web.CheckOrigin(ctx); err != nil {
		return nil, err
	}
	if (in.Body.Key == "") == (in.Body.Once == "") {
		return nil, errs.Invalid("Send either the member `key` or the member `once`.")
	}
	visitor := web.VisitorOf(ctx)
	s, token, err := a.o.Access.SignIn(ctx, access.SignIn{Key: in.Body.Key, Once: in.Body.Once, Address: visitor.Address, UserAgent: visitor.UserAgent})
	if err != nil {
		return nil, err
	}
	web.SetSession(ctx, token, s.CreatedAt.Add(auth.SessionLife))
	return &SignedIn{ID: s.ID, Role: s.Role, KeyID: s.KeyID, Name: s.KeyName, ExpiresAt: s.EndsAt()}, nil
}

// endSession ends the session of the cookie. Without one, or after its end, it only takes the cookie away.
func (a *handlers) endSession(ctx context.Context, _ *none) error {
	token := web.VisitorOf(ctx).Session
	if err := web.CheckOrigin(ctx); err != nil {
		return err
	}
	if who, err := a.o.Access.Session(ctx, token); err == nil {
		err = a.o.DB.EndSession(auth.With(ctx, who), who.KeyID, who.SessionID)
		if err != nil && !errs.Is(err, errs.ResourceNotFound) {
			return err
		}
	} else if !errs.Is(err, errs.GatewayKeyInvalid) {
		return err
	}
	web.SetSession(ctx, "", time.Time{})
	return nil
}

// Session is a browser that is signed in.
type Session struct {
	ID         string    `json:"id"`
	CreatedAt  time.Time `json:"created_at"`
	LastSeenAt time.Time `json:"last_seen_at" doc:"When it was last used, within five minutes."`
	ExpiresAt  time.Time `json:"expires_at" doc:"When it ends if it is not used."`
	UserAgent  string    `json:"user_agent" doc:"As the browser calls itself."`
	Current    bool      `json:"current" doc:"Whether this request belongs to it."`
}

func sessionOf(s *auth.Session, current string) Session {
	return Session{ID: s.ID, CreatedAt: s.CreatedAt, LastSeenAt: s.SeenAt, ExpiresAt: s.EndsAt(), UserAgent: s.UserAgent, Current: s.ID == current}
}

func (a *handlers) sessions(ctx context.Context, _ *none) (*v5.Records[Session], error) {
	who := auth.From(ctx)
	list, err := a.o.Access.Sessions(ctx, who.KeyID)
	out := &v5.Records[Session]{Records: make([]Session, 0, len(list))}
	for i := range list {
		out.Records = append(out.Records, sessionOf(&list[i], who.SessionID))
	}
	return out, err
}

func (a *handlers) endOther(ctx context.Context, in *byID) error {
	return a.o.DB.EndSession(ctx, auth.From(ctx).KeyID, in.ID)
}
