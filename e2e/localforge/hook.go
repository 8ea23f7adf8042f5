package localforge

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"time"
)

const zeros = "0000000000000000000000000000000000000000"

// refs gives the object of each branch and tag.
func (f *Forge) refs(ctx context.Context, repository string) map[string]string {
	refs := map[string]string{}
	out, err := exec.CommandContext(ctx, "git", "-C", f.dir(repository), "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags").Output() //nolint:gosec // it is a demonstration's, on loopback
	if err != nil {
		return refs // an empty repository has none
	}
	for line := range strings.Lines(string(out)) {
		if name, object, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			refs[name] = object
		}
	}
	return refs
}

// moved tells the hook of every ref that is another one than before.
func (f *Forge) moved(repository string, before, after map[string]string) {
	for name, object := range after {
		if before[name] != object {
			f.tell(repository, name, before[name], object)
		}
	}
	for name, object := range before {
		if _, ok := after[name]; !ok {
			f.tell(repository, name, object, "")
		}
	}
}

func (f *Forge) tell(repository, ref, before, after string) {
	hook := f.hook(repository)
	if hook.URL == "" {
		return
	}
	name := func(object string) string {
		if object == "" {
			return zeros
		}
		return object
	}
	body, err := json.Marshal(map[string]any{
		"ref": ref, "before": name(before), "after": name(after),
		"repository": map[string]any{"full_name": repository},
		"pusher":     map[string]any{"login": "somebody"},
	})
	if err != nil {
		return
	}
	f.pushing.Go(func() { f.deliver(hook, body) })
}

// deliver sends until the hook is taken, as the better forges do: under one
// name, so that it counts once.
func (f *Forge) deliver(hook Hook, body []byte) {
	id, wait := rand.Text(), 100*time.Millisecond
	for {
		err := f.send(hook, id, body)
		if err == nil || f.ctx.Err() != nil {
			return
		}
		timer := time.NewTimer(wait)
		select {
		case <-f.ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		wait = min(2*wait, 5*time.Second)
	}
}

func (f *Forge) send(hook Hook, id string, body []byte) error {
	mac := hmac.New(sha256.New, []byte(hook.Secret))
	mac.Write(body)
	req, err := http.NewRequestWithContext(f.ctx, http.MethodPost, hook.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Gitea-Event", "push")
	req.Header.Set("X-Gitea-Delivery", id)
	req.Header.Set("X-Gitea-Signature", hex.EncodeToString(mac.Sum(nil)))
	res, err := f.client.Do(req)
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	if res.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("the hook answered %s", res.Status)
	}
	return nil
}
