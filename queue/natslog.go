package queue

import (
	"fmt"
	"log/slog"
)

// natsLog takes what the server says. Its notices are for those who run NATS
// itself.
type natsLog struct{ log *slog.Logger }

func (l natsLog) Noticef(format string, v ...any) {
	l.log.Debug("nats", slog.String("said", fmt.Sprintf(format, v...)))
}

func (l natsLog) Warnf(format string, v ...any) {
	l.log.Warn("nats", slog.String("said", fmt.Sprintf(format, v...)))
}

func (l natsLog) Fatalf(format string, v ...any) {
	l.log.Error("nats", slog.String("said", fmt.Sprintf(format, v...)))
}

func (l natsLog) Errorf(format string, v ...any) {
	l.log.Error("nats", slog.String("said", fmt.Sprintf(format, v...)))
}

func (natsLog) Debugf(string, ...any) {}
func (natsLog) Tracef(string, ...any) {}
