// The ways in which a program runs a command over SSH with a timeout; they differ by what the
// timeout covers. dial is that of the story, deadline its cure.
package main

import (
	"io"
	"net"
	"time"

	"golang.org/x/crypto/ssh"
)

// Runs the task on a connection that it closes, until the command has ended or it gives up. What it
// returns is session.Wait()'s, or the error of the step that failed.
type way func(task *task, config *ssh.ClientConfig) error

var ways = map[string]way{"dial": dial, "handshake": handshake, "deadline": deadline}

// ssh.Dial with a Timeout. It is "the maximum amount of time for the TCP connection to establish" (the
// documentation of ClientConfig): who accepts and then says nothing holds this goroutine and its
// descriptor for ever.
func dial(task *task, config *ssh.ClientConfig) error {
	config.Timeout = task.timeout
	client, err := ssh.Dial("tcp", task.address, config)
	if err != nil {
		return err
	}
	defer client.Close()
	return execute(client, task)
}

// SetDeadline, taken back when the handshake is done, as it was seen in many fixes: the session is
// opened and the command waited for without one.
func handshake(task *task, config *ssh.ClientConfig) error {
	conn, err := connect(task)
	if err != nil {
		return err
	}
	defer conn.Close()
	client, err := shakeHands(conn, task, config)
	if err != nil {
		return err
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return err
	}
	return execute(client, task)
}

// One deadline, from the first packet of TCP to the last of the command.
func deadline(task *task, config *ssh.ClientConfig) error {
	conn, err := connect(task)
	if err != nil {
		return err
	}
	defer conn.Close()
	client, err := shakeHands(conn, task, config)
	if err != nil {
		return err
	}
	return execute(client, task)
}

func connect(task *task) (net.Conn, error) {
	dialer := net.Dialer{Deadline: task.deadline}
	conn, err := dialer.Dial("tcp", task.address)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(task.deadline); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

func shakeHands(conn net.Conn, task *task, config *ssh.ClientConfig) (*ssh.Client, error) {
	clientConn, channels, requests, err := ssh.NewClientConn(conn, task.address, config)
	if err != nil {
		return nil, err
	}
	return ssh.NewClient(clientConn, channels, requests), nil
}

func execute(client *ssh.Client, task *task) error {
	session, err := client.NewSession()
	if err != nil {
		return err
	}
	defer session.Close()
	session.Stdin = task.stdin
	session.Stdout = &task.output
	if err := session.Start(task.command); err != nil {
		return err
	}
	if err := session.Wait(); err != io.EOF {
		return err
	}
	return nil // status 0, and the channel was closed before it took all of the input
}
