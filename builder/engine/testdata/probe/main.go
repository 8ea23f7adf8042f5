// Probe is the program of the tests' build steps. It needs no libraries and no
// other program, so that a step can run on an empty image. Each argument is
// one attempt, tried in order, and each prints one line.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"
)

const patience = 8 * time.Second

func main() {
	for _, attempt := range os.Args[1:] {
		verb, operand, _ := strings.Cut(attempt, " ")
		fmt.Printf("%s => %s\n", attempt, strings.Join(strings.Fields(try(verb, operand)), " "))
	}
}

func try(verb, operand string) string {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	switch verb {
	case "direct":
		return direct(ctx, operand)
	case "get":
		return get(ctx, operand)
	case "connect":
		return connect(ctx, operand)
	case "raw":
		return raw(ctx, operand)
	case "hog":
		return hog()
	case "fork":
		return fork()
	case "wait":
		return wait(operand)
	}
	return "unknown attempt"
}

// direct connects without the proxy and asks for a page.
func direct(ctx context.Context, address string) string {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return "ERR " + err.Error()
	}
	return ask(conn)
}

func ask(conn net.Conn) string {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, "GET / HTTP/1.0\r\nHost: stand-in\r\n\r\n"); err != nil {
		return "ERR " + err.Error()
	}
	answer, err := io.ReadAll(conn)
	if len(answer) == 0 {
		return fmt.Sprint("ERR nothing came, ", err)
	}
	return string(answer)
}

func proxyDial(ctx context.Context) (net.Conn, error) {
	proxy, err := url.Parse(os.Getenv("HTTP_PROXY"))
	if err != nil || proxy.Host == "" {
		return nil, fmt.Errorf("no HTTP_PROXY")
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", proxy.Host)
}

// get sends the proxy a request for the URL as it is written, so that no
// client of ours tidies the notation up.
func get(ctx context.Context, target string) string {
	return raw(ctx, "GET "+target+" HTTP/1.1|Host: stand-in")
}

// raw sends the proxy these header lines.
func raw(ctx context.Context, lines string) string {
	conn, err := proxyDial(ctx)
	if err != nil {
		return "ERR " + err.Error()
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	request := strings.ReplaceAll(lines, "|", "\r\n") + "\r\nConnection: close\r\n\r\n"
	if _, err := io.WriteString(conn, request); err != nil {
		return "ERR " + err.Error()
	}
	return answer(conn)
}

func answer(conn net.Conn) string {
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return "ERR " + err.Error()
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(response.Body, 300))
	return fmt.Sprint(response.StatusCode, " ", string(body))
}

// connect opens a tunnel and asks for a page over TLS, which BuildKit's proxy
// terminates.
func connect(ctx context.Context, address string) string {
	conn, err := proxyDial(ctx)
	if err != nil {
		return "ERR " + err.Error()
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, "CONNECT "+address+" HTTP/1.1\r\nHost: "+address+"\r\n\r\n"); err != nil {
		return "ERR " + err.Error()
	}
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, &http.Request{Method: http.MethodConnect})
	if err != nil {
		return "ERR " + err.Error()
	}
	if response.StatusCode != http.StatusOK {
		return "ERR " + response.Status
	}
	tunnel := tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // whose certificate it is does not matter here
	host, _, _ := net.SplitHostPort(address)
	if _, err := fmt.Fprintf(tunnel, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host); err != nil {
		return "ERR " + err.Error()
	}
	return answer(tunnel)
}

// hog takes memory until something stops it.
func hog() string {
	var held [][]byte
	for range 4096 {
		block := make([]byte, 1<<20)
		for i := range block {
			block[i] = byte(i)
		}
		held = append(held, block)
	}
	return fmt.Sprint("held ", len(held), " MiB")
}

// fork starts copies of itself until it may not.
func fork() string {
	for n := range 5000 {
		if err := exec.Command("/proc/self/exe", "wait forever").Start(); err != nil {
			return fmt.Sprint("stopped after ", n, ": ", err)
		}
	}
	return "not stopped"
}

// wait shows that it runs, in its output and for whoever looks for its argument
// among the host's processes, and goes on.
func wait(marker string) string {
	fmt.Println("waiting", marker)
	time.Sleep(time.Hour)
	return "woke"
}
