// One task: what was asked, and what came of it.
package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"time"

	"golang.org/x/crypto/ssh"
)

// Set by the linker: the version of the package golang.org/x/crypto that was built in.
var cryptoVersion = "?"

const outputKept = 64 * 1024

type task struct {
	address, command string
	timeout          time.Duration
	deadline         time.Time
	stdin            io.Reader
	output           output
}

// Keeps the first 64 KiB and counts the rest: the server decides how much comes.
type output struct {
	kept  bytes.Buffer
	count int64
}

func (out *output) Write(p []byte) (int, error) {
	out.count += int64(len(p))
	if room := outputKept - out.kept.Len(); room > 0 {
		if len(p) < room {
			room = len(p)
		}
		out.kept.Write(p[:room])
	}
	return len(p), nil
}

func configOf(asked request) (*ssh.ClientConfig, error) {
	hostkey, _, _, _, err := ssh.ParseAuthorizedKey([]byte(asked.Hostkey))
	if err != nil {
		return nil, err
	}
	config := &ssh.ClientConfig{User: asked.User, HostKeyCallback: ssh.FixedHostKey(hostkey),
		HostKeyAlgorithms: []string{hostkey.Type()}}
	if hostkey.Type() == ssh.KeyAlgoRSA {
		config.HostKeyAlgorithms = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	if asked.Key != "" {
		text, err := os.ReadFile(asked.Key)
		if err != nil {
			return nil, err
		}
		key, err := ssh.ParsePrivateKey(text)
		if err != nil {
			return nil, err
		}
		config.Auth = append(config.Auth, ssh.PublicKeys(key))
	}
	if asked.Password != "" {
		config.Auth = append(config.Auth, ssh.Password(asked.Password))
	}
	return config, nil
}

func run(asked request, way way) reply {
	begin := time.Now()
	timeout := time.Duration(asked.DeadlineMs) * time.Millisecond
	stdin, _ := base64.StdEncoding.DecodeString(asked.StdinB64)
	task := &task{address: net.JoinHostPort(asked.Host, strconv.Itoa(asked.Port)),
		command: asked.Command, timeout: timeout, deadline: begin.Add(timeout),
		stdin: bytes.NewReader(stdin)}
	result := reply{"op": "result", "id": asked.Id, "phase": nil, "exit_status": nil, "error": nil}
	config, err := configOf(asked)
	if err != nil {
		result["outcome"] = "could_not_try"
	} else {
		err = way(task, config)
		conclude(result, task, err)
	}
	if err != nil {
		result["error"] = err.Error()
	}
	result["stdout_b64"] = base64.StdEncoding.EncodeToString(task.output.kept.Bytes())
	result["stdout_bytes"] = task.output.count
	result["elapsed_ms"] = time.Since(begin).Milliseconds()
	return result
}

// The clock is asked first: a connection that its deadline ended looks to Session.Wait like the end of the
// output. A status other than 0 is an error to x/crypto/ssh, but a success of the task; a signal is none.
func conclude(result reply, task *task, err error) {
	var status *ssh.ExitError
	switch {
	case !time.Now().Before(task.deadline):
		result["outcome"] = "timeout"
	case err == nil:
		result["outcome"], result["exit_status"] = "success", 0
	case errors.As(err, &status) && status.Signal() == "":
		result["outcome"], result["exit_status"] = "success", status.ExitStatus()
	default:
		result["outcome"] = "failure"
	}
}
