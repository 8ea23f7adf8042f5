package slipway

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// TicketPrefix is what every ticket begins with.
const TicketPrefix = "slipway-ticket-"

// TicketLife is how long a ticket that is handed out counts.
const TicketLife = 24 * time.Hour

// TicketKey signs tickets. Without a key there are none.
type TicketKey []byte

// Ticket opens one build until a time, to look at it, and nothing else. Nothing is kept of it, so it cannot be revoked.
func (k TicketKey) Ticket(build int64, ends time.Time) string {
	what := strconv.FormatInt(build, 10) + "-" + strconv.FormatInt(ends.Unix(), 10)
	return TicketPrefix + what + "-" + k.sign(what)
}

// Opens gives the build that a ticket is of, and whether it counts now.
func (k TicketKey) Opens(ticket string, now time.Time) (build int64, ok bool) {
	text, ours := strings.CutPrefix(ticket, TicketPrefix)
	if !ours || len(k) == 0 || len(ticket) > 200 {
		return 0, false
	}
	id, rest, _ := strings.Cut(text, "-")
	end, signature, _ := strings.Cut(rest, "-")
	if !hmac.Equal([]byte(signature), []byte(k.sign(id+"-"+end))) {
		return 0, false
	}
	build, errBuild := strconv.ParseInt(id, 10, 64)
	ends, err := strconv.ParseInt(end, 10, 64)
	return build, errBuild == nil && err == nil && now.Before(time.Unix(ends, 0))
}

func (k TicketKey) sign(what string) string {
	mac := hmac.New(sha256.New, k)
	mac.Write([]byte("build " + what))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
