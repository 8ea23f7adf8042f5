package queue

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slipway-ci/slipway"
)

// Dialing says how to reach the queue: Server for the one of this process,
// else URLs.
type Dialing struct {
	Server   *Server
	URLs     []string // nats:// or tls://, of one cluster
	Name     string   // whom the server sees; of a worker its name, which is its user, too, unless User is given
	Worker   bool     // else a control plane
	User     string   // of a control plane; of a worker only where its name is not its user
	Password string   // or a worker's token
	Token    string   // of a control plane, instead of user and password
	CA       []byte   // PEM certificates trusted beside the system's
	Log      *slog.Logger
}

// Link is a connection to the queue that comes back by itself.
type Link struct {
	nc     *nats.Conn
	closed chan struct{}

	mu   sync.Mutex
	here context.Context // of the connection as it is; ends when it is lost
	lost context.CancelFunc

	lostAt time.Time
}

// again begins what ends when the connection is lost.
func (l *Link) again() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost != nil {
		l.lost()
	}
	l.here, l.lost = context.WithCancel(context.Background())
}

// whileHere gives a context that ends early when the connection is lost: no
// answer comes any more then.
func (l *Link) whileHere(ctx context.Context, most time.Duration) (context.Context, func()) {
	l.mu.Lock()
	here := l.here
	l.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, most)
	stop := context.AfterFunc(here, cancel)
	return ctx, func() { stop(); cancel() }
}

// Dial connects, and waits for a server that is not there yet until ctx ends.
// One that does not let us in is CodeForbidden.
func Dial(ctx context.Context, d Dialing) (*Link, error) {
	if d.Worker {
		if err := CheckName(d.Name); err != nil {
			return nil, err
		}
	}
	l := &Link{closed: make(chan struct{})}
	l.again()
	options, err := d.options(l)
	if err != nil {
		return nil, err
	}
	for wait := newBackoff(); ; {
		l.nc, err = nats.Connect(strings.Join(d.URLs, ","), options...)
		if err == nil {
			return l, nil
		}
		if errors.Is(err, nats.ErrAuthorization) || errors.Is(err, nats.ErrAuthExpired) {
			return nil, slipway.Errorf(slipway.CodeForbidden, "the queue does not let %s in", d.Name).
				WithHint("check its name and its token; a token may have expired").Because(err)
		}
		if wait.tries == 1 {
			d.Log.WarnContext(ctx, "the queue does not answer yet", slog.Any("urls", d.URLs), slog.Any("error", err))
		}
		if !wait.next(ctx) {
			return nil, unreachable(err)
		}
	}
}

func (d Dialing) options(l *Link) ([]nats.Option, error) {
	log := d.Log
	options := []nats.Option{
		nats.Name(d.Name), nats.MaxReconnects(-1), nats.IgnoreAuthErrorAbort(), nats.Timeout(5 * time.Second),
		nats.PingInterval(10 * time.Second), nats.MaxPingsOutstanding(2), nats.ReconnectBufSize(-1), // what was not sent is asked again
		nats.CustomReconnectDelay(func(attempts int) time.Duration {
			return min(time.Second, 50*time.Millisecond<<min(attempts, 6)) + rand.N(100*time.Millisecond) //nolint:gosec // jitter is no secret
		}),
		nats.ClosedHandler(func(*nats.Conn) { close(l.closed) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			l.again()
			if err == nil {
				return // it was closed
			}
			l.mu.Lock()
			l.lostAt = time.Now()
			l.mu.Unlock()
			log.Warn("the queue is away", slog.Any("error", err))
		}),
		nats.ReconnectHandler(func(*nats.Conn) { log.Info("the queue is back") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			log.Warn("the queue reports an error", slog.Any("error", err))
		}),
	}
	if d.Worker {
		options = append(options, nats.CustomInboxPrefix(inboxOf(d.Name)))
	}
	if d.Server != nil {
		return append(options, nats.InProcessServer(d.Server.nats), nats.UserInfo(inside, d.Server.secret)), nil
	}
	options = append(options, d.login())
	secure := slices.ContainsFunc(d.URLs, func(u string) bool { return strings.HasPrefix(u, "tls://") })
	if len(d.CA) == 0 || !secure {
		return options, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // then the given ones alone
	}
	if !pool.AppendCertsFromPEM(d.CA) {
		return nil, slipway.Errorf(slipway.CodeUsage, "the queue's CA has no certificate in it").WithHint("give a PEM file")
	}
	return append(options, nats.Secure(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12})), nil
}

func (d Dialing) login() nats.Option {
	switch {
	case d.Worker && d.User == "":
		return nats.UserInfo(d.Name, d.Password)
	case d.Token != "":
		return nats.Token(d.Token)
	default:
		return nats.UserInfo(d.User, d.Password)
	}
}

// Lost is when the server was last lost; zero when it never was.
func (l *Link) Lost() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lostAt
}

// Connected tells whether the server is there just now.
func (l *Link) Connected() bool { return l.nc.IsConnected() }

// Close sends what is to be sent and ends the connection.
func (l *Link) Close() error {
	if err := l.nc.Drain(); err != nil && !errors.Is(err, nats.ErrConnectionClosed) {
		l.nc.Close() // it was connecting
	}
	<-l.closed
	return nil
}

// unreachable says that the queue did not do what was asked, once.
func unreachable(err error) error {
	if slipway.ErrorCode(err) == slipway.CodeUnavailable {
		return err
	}
	return slipway.Errorf(slipway.CodeUnavailable, "the queue does not answer").WithClass(slipway.ClassPlatform).Because(err)
}

// flushWithin is how long the server may take to take what was said.
const flushWithin = 10 * time.Second

// flush waits until the server has what was said so far.
func (l *Link) flush(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, flushWithin) // the library wants a deadline
	defer cancel()
	if err := l.nc.FlushWithContext(ctx); err != nil {
		return unreachable(err)
	}
	return nil
}
