package engine

import (
	"encoding/json"
	"errors"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// The parent and the namespace's init talk over one socket pair: the parent
// sends an order, init answers with a report and, when it worked, with the
// listening socket it made inside. After that the socket only says, by being
// open, that the parent lives.

// controlFD is where init finds its end: the first of exec.Cmd's ExtraFiles.
const controlFD = 3

// maxMessage bounds an order or a report; both are a few hundred bytes.
const maxMessage = 64 << 10

// order is what the parent asks of init.
type order struct {
	Again  bool     `json:"again"`  // our ids are mapped now: run yourself again, as root of the user namespace
	Argv   []string `json:"argv"`   // the daemon
	Env    []string `json:"env"`    // its environment
	Runc   string   `json:"runc"`   // runc's state directory
	Listen string   `json:"listen"` // where the gate shall answer, inside; "": the network is the host's
}

// report is what init answers: an empty Problem means that the daemon runs and
// the listening socket comes with it.
type report struct {
	Problem string `json:"problem"`
}

// control is one end of the socket pair.
type control struct{ conn *net.UnixConn }

// controlPair gives our end and the file to hand to the child. A seqpacket
// socket keeps each message whole, and its end of file is seen at once.
func controlPair() (control, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return control{}, nil, err
	}
	ours, err := controlFrom(os.NewFile(uintptr(fds[0]), "control"))
	if err != nil {
		return control{}, nil, errors.Join(err, unix.Close(fds[1]))
	}
	return ours, os.NewFile(uintptr(fds[1]), "control"), nil
}

// controlFrom takes the file over.
func controlFrom(file *os.File) (control, error) {
	defer func() { _ = file.Close() }()
	conn, err := net.FileConn(file)
	if err != nil {
		return control{}, err
	}
	unixConn, ok := conn.(*net.UnixConn)
	if !ok {
		return control{}, errors.Join(errors.New("the control socket is not a Unix socket"), conn.Close())
	}
	return control{conn: unixConn}, nil
}

// send writes one message, with a file when there is one.
func (c control) send(message any, file *os.File) error {
	data, err := json.Marshal(message)
	if err != nil {
		return err
	}
	var rights []byte
	if file != nil {
		rights = unix.UnixRights(int(file.Fd()))
	}
	_, _, err = c.conn.WriteMsgUnix(data, rights, nil)
	return err
}

// receive reads one message and the file that came with it, if any.
func (c control) receive(message any) (*os.File, error) {
	data, oob := make([]byte, maxMessage), make([]byte, unix.CmsgSpace(4))
	n, oobn, _, _, err := c.conn.ReadMsgUnix(data, oob)
	if err != nil {
		return nil, err
	}
	file, err := receivedFile(oob[:oobn])
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data[:n], message); err != nil {
		if file != nil {
			err = errors.Join(err, file.Close())
		}
		return nil, err
	}
	return file, nil
}

func receivedFile(oob []byte) (*os.File, error) {
	if len(oob) == 0 {
		return nil, nil //nolint:nilnil // no file came along, which is no error
	}
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil || len(messages) != 1 {
		return nil, errors.Join(errors.New("the control socket carried something else than a file"), err)
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		return nil, errors.Join(errors.New("the control socket carried something else than a file"), err)
	}
	unix.CloseOnExec(fds[0])
	return os.NewFile(uintptr(fds[0]), "received"), nil
}
