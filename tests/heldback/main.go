// A driver written from fakesshd-driver(7) alone: golang.org/x/crypto/ssh, a goroutine for each task.
// After every n-th timeout one that waits for a result is left behind, with nobody to send it.
//
//	go-held-back EVERY
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

type object = map[string]any

var (
	turn            sync.Mutex
	timeouts, tasks int64
)

func say(line object) {
	turn.Lock()
	defer turn.Unlock()
	text, _ := json.Marshal(line)
	os.Stdout.Write(append(text, '\n'))
}

func execute(asked object, deadline time.Time, out *bytes.Buffer) (int, error) {
	hostkey, _, _, _, err := ssh.ParseAuthorizedKey([]byte(asked["hostkey"].(string)))
	if err != nil {
		return 0, err
	}
	text, err := os.ReadFile(asked["key"].(string))
	if err != nil {
		return 0, err
	}
	key, err := ssh.ParsePrivateKey(text)
	if err != nil {
		return 0, err
	}
	config := &ssh.ClientConfig{User: asked["user"].(string), Auth: []ssh.AuthMethod{ssh.PublicKeys(key)},
		HostKeyCallback: ssh.FixedHostKey(hostkey), HostKeyAlgorithms: []string{hostkey.Type()}}
	address := net.JoinHostPort(asked["host"].(string), strconv.Itoa(int(asked["port"].(float64))))
	conn, err := net.DialTimeout("tcp", address, time.Until(deadline))
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	conn.SetDeadline(deadline)
	inner, channels, requests, err := ssh.NewClientConn(conn, address, config)
	if err != nil {
		return 0, err
	}
	session, err := ssh.NewClient(inner, channels, requests).NewSession()
	if err != nil {
		return 0, err
	}
	session.Stdout = out
	err = session.Run(asked["command"].(string))
	var status *ssh.ExitError
	if errors.As(err, &status) && status.Signal() == "" {
		return status.ExitStatus(), nil
	}
	return 0, err
}

func run(asked object, every int64) {
	begin := time.Now()
	deadline := begin.Add(time.Duration(asked["deadline_ms"].(float64)) * time.Millisecond)
	var out bytes.Buffer
	result := object{"op": "result", "id": asked["id"], "phase": nil, "exit_status": nil, "error": nil}
	status, err := execute(asked, deadline, &out)
	switch {
	case !time.Now().Before(deadline):
		result["outcome"] = "timeout"
		if atomic.AddInt64(&timeouts, 1)%every == 0 {
			answer := make(chan error)
			go func() { <-answer }()
		}
	case err != nil:
		result["outcome"], result["error"] = "failure", err.Error()
	default:
		result["outcome"], result["exit_status"] = "success", status
	}
	result["stdout_b64"], result["stdout_bytes"] = base64.StdEncoding.EncodeToString(out.Bytes()), out.Len()
	result["elapsed_ms"] = time.Since(begin).Milliseconds()
	atomic.AddInt64(&tasks, -1)
	say(result)
}

func main() {
	every, _ := strconv.ParseInt(os.Args[1], 10, 64)
	say(object{"op": "hello", "v": 1, "name": "held-back-go", "version": "1", "runtime": "go",
		"ops": []string{"run", "settle", "counters", "bye"}, "auth": []string{"publickey"},
		"phases": []string{}, "counters": []string{"tasks", "goroutines"}})
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 256*1024)
	for lines.Scan() {
		var asked object
		if json.Unmarshal(lines.Bytes(), &asked) != nil {
			continue
		}
		switch id := asked["id"]; asked["op"] {
		case "run":
			atomic.AddInt64(&tasks, 1)
			go run(asked, every)
		case "settle":
			time.Sleep(50 * time.Millisecond)
			say(object{"op": "settled", "id": id})
		case "counters":
			say(object{"op": "counters", "id": id, "tasks": atomic.LoadInt64(&tasks),
				"goroutines": runtime.NumGoroutine()})
		case "bye":
			return
		default:
			say(object{"op": "unsupported", "id": id})
		}
	}
}
