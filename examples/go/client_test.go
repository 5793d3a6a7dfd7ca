package main

import (
	"net"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

const deadline = time.Second

func config(t *testing.T, s *server) *ssh.ClientConfig {
	t.Helper()
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(s.Hostkey))
	if err != nil {
		t.Fatal(err)
	}
	return &ssh.ClientConfig{
		User:              s.User,
		Auth:              []ssh.AuthMethod{ssh.Password(s.Password)},
		HostKeyCallback:   ssh.FixedHostKey(key),
		HostKeyAlgorithms: []string{key.Type()},
		Timeout:           deadline, // of the TCP connect: nothing else
	}
}

// run keeps one deadline over everything: it belongs to the connection, not to a step.
func run(config *ssh.ClientConfig, address, command string) (string, error) {
	conn, err := net.DialTimeout("tcp", address, deadline)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(deadline))
	client, channels, requests, err := ssh.NewClientConn(conn, address, config)
	if err != nil {
		return "", err
	}
	session, err := ssh.NewClient(client, channels, requests).NewSession()
	if err != nil {
		return "", err
	}
	output, err := session.Output(command)
	return string(output), err
}

func TestACommandRuns(t *testing.T) {
	s := lease(t, "healthy/exec")
	output, err := run(config(t, s), s.Addr(), "nonce 4f2a")
	if err != nil || output != "4f2a\n" {
		t.Fatalf("found %q, %v", output, err)
	}
}

func TestASilentServerIsGivenUp(t *testing.T) {
	for _, scenario := range []string{"ident/silent", "kex/no-reply", "exit/no-status"} {
		scenario := scenario
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			s := lease(t, scenario)
			done := make(chan error, 1)
			go func() {
				_, err := run(config(t, s), s.Addr(), "nonce 1")
				done <- err
			}()
			select {
			case err := <-done:
				if err == nil {
					t.Fatal("it says success")
				}
			case <-time.After(3 * deadline):
				t.Fatal("it hangs")
			}
			wait(t, s, "fault") // it has come as far as that, and was not turned away before
			wait(t, s, "closed")
		})
	}
}

// The bug that all this is about, kept as a test: ssh.Dial's Timeout covers the connect alone. Should
// Dial ever come back, the comment in config() is out of date.
func TestDialIsCaughtHanging(t *testing.T) {
	s := lease(t, "ident/silent")
	done := make(chan error, 1)
	go func() {
		_, err := ssh.Dial("tcp", s.Addr(), config(t, s))
		done <- err
	}()
	wait(t, s, "fault")
	select {
	case err := <-done:
		t.Fatalf("ssh.Dial came back: %v", err)
	case <-time.After(2 * deadline):
	}
	if saw := release(t, s); saw.Connections.LeftOpen != 1 {
		t.Fatalf("expected 1 connection left open, found %+v", saw)
	}
	<-done // the server is gone: now it does
}
