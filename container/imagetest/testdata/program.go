// Command program does what its arguments say, one after the other.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

var (
	health = http.StatusOK
	host   = ""
	eaten  []byte
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "--" { // as a stand-in for the init: run the rest
		if err := syscall.Exec(os.Args[2], os.Args[2:], os.Environ()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	for _, arg := range os.Args[1:] {
		if err := do(arg); err != nil {
			fmt.Fprintln(os.Stderr, arg+":", err)
			os.Exit(1)
		}
	}
}

func do(arg string) error {
	verb, operand, _ := strings.Cut(arg, "=")
	switch verb {
	case "print":
		fmt.Println(operand)
	case "exit":
		code, err := strconv.Atoi(operand)
		if err != nil {
			return err
		}
		os.Exit(code)
	case "ids":
		fmt.Printf("uid=%d gid=%d\n", os.Getuid(), os.Getgid())
	case "write":
		return os.WriteFile(operand, []byte("x"), 0o600)
	case "read":
		raw, err := os.ReadFile(operand)
		fmt.Print(string(raw))
		return err
	case "links":
		all, err := net.Interfaces()
		for _, i := range all {
			fmt.Println("link", i.Name)
		}
		return err
	case "need":
		if os.Getenv(operand) == "" {
			return fmt.Errorf("%s is not set", operand)
		}
	case "need-root":
		if os.Getuid() != 0 {
			return fmt.Errorf("must be root, am %d", os.Getuid())
		}
	case "ignore-term":
		signal.Ignore(syscall.SIGTERM)
	case "eat":
		megabytes, err := strconv.Atoi(operand)
		if err != nil {
			return err
		}
		eaten = make([]byte, megabytes<<20)
		for i := range eaten {
			eaten[i] = 1
		}
	case "become": // another program, which gets the arguments behind this one
		i := slices.Index(os.Args, arg)
		return syscall.Exec(operand, append([]string{operand}, os.Args[i+1:]...), os.Environ())
	case "sick":
		health = http.StatusServiceUnavailable
	case "child":
		child := exec.Command("/app/program", "ignore-term", "print=child of "+operand, "wait")
		child.Stdout = os.Stdout
		return child.Start()
	case "wait":
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, syscall.SIGINT)
		<-stop
	case "inside":
		host = "127.0.0.1"
	case "serve":
		http.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(health)
			fmt.Fprintln(w, "well")
		})
		http.HandleFunc("/sick", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
		port := os.Getenv("PORT")
		if operand != "" {
			port = operand
		}
		return http.ListenAndServe(host+":"+port, nil)
	case "mumble":
		return mumble(host + ":" + os.Getenv("PORT"))
	default:
		return fmt.Errorf("no such verb")
	}
	return nil
}

// mumble answers every connection with what is no HTTP.
func mumble(address string) error {
	l, err := net.Listen("tcp", address)
	for err == nil {
		var c net.Conn
		if c, err = l.Accept(); err == nil {
			fmt.Fprint(c, "\x00\x00\x06\x04")
			c.Close()
		}
	}
	return err
}
