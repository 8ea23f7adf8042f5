package container

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/moby/sys/user"
	specs "github.com/opencontainers/runtime-spec/specs-go"

	"github.com/slipway-ci/slipway"
)

// imageUser finds the ids of the image's USER (`uid`, `uid:gid`, or names
// from the image's own /etc/passwd and /etc/group, which are read without
// following links out of the image).
func imageUser(name string, rootfs string) (specs.User, error) {
	root, err := os.OpenRoot(rootfs)
	if err != nil {
		return specs.User{}, err
	}
	defer func() { _ = root.Close() }()
	passwd, closePasswd, err := open(root, "etc/passwd")
	if err != nil {
		return specs.User{}, err
	}
	defer closePasswd()
	group, closeGroup, err := open(root, "etc/group")
	if err != nil {
		return specs.User{}, err
	}
	defer closeGroup()
	u, err := user.GetExecUser(name, &user.ExecUser{}, passwd, group)
	if err != nil {
		return specs.User{}, slipway.Errorf(slipway.CodeInvalid, "the image's user %q is not known in it", name).
			WithHint("use a numeric user such as 10001:10001").Because(err)
	}
	ids := specs.User{UID: uint32(u.Uid), GID: uint32(u.Gid)} //nolint:gosec // GetExecUser refuses ids out of 0 to 2^31-1
	for _, g := range u.Sgids {
		ids.AdditionalGids = append(ids.AdditionalGids, uint32(g)) //nolint:gosec // as above
	}
	return ids, nil
}

func open(root *os.Root, name string) (io.Reader, func(), error) {
	f, err := root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, func() {}, nil
	}
	if err != nil {
		return nil, nil, slipway.Errorf(slipway.CodeInvalid, "%s of the image cannot be read", name).
			WithHint("it must be a file or a link within the image").Because(err)
	}
	return f, func() { _ = f.Close() }, nil
}
