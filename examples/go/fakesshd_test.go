// Servers that misbehave, for the tests of an SSH client in Go:
//
//	server := lease(t, "ident/silent")
//	client, err := ssh.Dial("tcp", server.Addr(), config)
//
// A control is started for the package, from $FAKESSHD or the PATH; with $FAKESSHD_CONTROL, as
// "http://127.0.0.1:PORT", one that runs already is asked. A server is given back at the end of its
// test, and what it saw is logged where the test failed.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

var control string // "http://127.0.0.1:PORT"

func TestMain(m *testing.M) {
	control = os.Getenv("FAKESSHD_CONTROL")
	if control != "" {
		os.Exit(m.Run())
	}
	name := os.Getenv("FAKESSHD")
	if name == "" {
		name = "fakesshd"
	}
	command := exec.Command(name, "serve", "--control", "127.0.0.1:0")
	stdout, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var where struct{ URL string }
	line, _ := bufio.NewReader(stdout).ReadBytes('\n')
	if json.Unmarshal(line, &where) != nil {
		fmt.Fprintln(os.Stderr, "fakesshd serve has ended at once")
		os.Exit(1)
	}
	control = where.URL
	status := m.Run()
	command.Process.Signal(os.Interrupt)
	command.Wait()
	os.Exit(status)
}

type witness struct {
	Connections struct {
		Seen, Open, Closed int
		LeftOpen           int `json:"left_open"`
	}
	Phase string
	Exec  int
}

type server struct {
	Lease, Host, User, Password, Key, Hostkey string
	Port                                      int
	Witness                                   witness
	Error                                     string
}

func (s *server) Addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

func ask(method, path string, body any) (int, server, error) {
	var answer server
	text, _ := json.Marshal(body)
	request, err := http.NewRequest(method, control+path, bytes.NewReader(text))
	if err != nil {
		return 0, answer, err
	}
	client := http.Client{Timeout: 20 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return 0, answer, err
	}
	defer response.Body.Close()
	text, err = io.ReadAll(response.Body)
	if err == nil {
		err = json.Unmarshal(text, &answer)
	}
	return response.StatusCode, answer, err
}

func lease(t *testing.T, scenario string) *server {
	t.Helper()
	var status int
	var leased server
	var err error
	for i := 0; i < 5; i++ {
		status, leased, err = ask("POST", "/v1/leases", map[string]any{"scenario": scenario, "label": t.Name()})
		if err != nil || status != http.StatusServiceUnavailable {
			break
		}
		time.Sleep(time.Second) // the machine is busy, and says so
	}
	if err != nil || status != http.StatusCreated {
		t.Fatalf("fakesshd leases nothing: %v %s", err, leased.Error)
	}
	t.Cleanup(func() {
		if final := release(t, &leased); t.Failed() {
			t.Logf("%s: %+v", scenario, final)
		}
	})
	return &leased
}

// wait returns when "accept", "fault", "closed", "phase:auth" … has come to pass.
func wait(t *testing.T, s *server, event string) witness {
	t.Helper()
	status, answer, err := ask("GET", "/v1/leases/"+s.Lease+"/wait?timeout_ms=5000&event="+event, nil)
	if err != nil || status != http.StatusOK {
		t.Fatalf("%s: %v %s %+v", event, err, answer.Error, answer.Witness)
	}
	return answer.Witness
}

// release ends the lease, and says what its server saw.
func release(t *testing.T, s *server) witness {
	t.Helper()
	_, answer, err := ask("DELETE", "/v1/leases/"+s.Lease, nil)
	if err != nil {
		t.Fatal(err)
	}
	return answer.Witness
}
