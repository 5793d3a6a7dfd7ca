// A driver for golang.org/x/crypto/ssh (fakesshd-driver(7)): a goroutine for each task, one of the
// ways of ways.go for all of them.
//
//	go-client driver --way dial|handshake|deadline
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"time"
)

const lineMax = 256 * 1024

// One line from the judge. Of the fields some belong to `run`, one to `profile`.
type request struct {
	Op         string `json:"op"`
	Id         int64  `json:"id"`
	Host       string `json:"host"`
	Port       int    `json:"port"`
	User       string `json:"user"`
	Key        string `json:"key"`
	Password   string `json:"password"`
	Hostkey    string `json:"hostkey"`
	Command    string `json:"command"`
	StdinB64   string `json:"stdin_b64"`
	DeadlineMs int64  `json:"deadline_ms"`
	Debug      int    `json:"debug"`
}

type reply map[string]any

var (
	replies  sync.Mutex
	out      = bufio.NewWriter(os.Stdout)
	inFlight int64
)

func send(line reply) {
	replies.Lock()
	defer replies.Unlock()
	// An encoder ends the line. Who doesn't read his results is told by the judge.
	if json.NewEncoder(out).Encode(line) != nil || out.Flush() != nil {
		os.Exit(1)
	}
}

// Waits until the goroutines of closed connections are gone, which takes them a moment.
func settle() {
	runtime.GC()
	count, since := runtime.NumGoroutine(), time.Now()
	for begin := time.Now(); time.Since(begin) < 300*time.Millisecond; time.Sleep(5 * time.Millisecond) {
		if now := runtime.NumGoroutine(); now != count {
			count, since = now, time.Now()
		} else if time.Since(since) > 20*time.Millisecond {
			return
		}
	}
}

// The goroutine profile as net/http/pprof shows it: debug=1 groups equal stacks, debug=2 lists all.
func profile(debug int) string {
	var text bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&text, debug); err != nil {
		return err.Error()
	}
	return text.String()
}

func answer(asked request, way way) {
	switch asked.Op {
	case "run":
		atomic.AddInt64(&inFlight, 1)
		go func() {
			result := run(asked, way)
			atomic.AddInt64(&inFlight, -1)
			send(result)
		}()
	case "settle":
		settle()
		send(reply{"op": "settled", "id": asked.Id})
	case "counters":
		send(reply{"op": "counters", "id": asked.Id, "tasks": atomic.LoadInt64(&inFlight),
			"goroutines": runtime.NumGoroutine()})
	case "profile":
		send(reply{"op": "profile", "id": asked.Id, "text": profile(asked.Debug)})
	default:
		send(reply{"op": "unsupported", "id": asked.Id})
	}
}

func version() string {
	return "x/crypto " + cryptoVersion + ", " + runtime.Version()
}

func drive(name string, way way) {
	send(reply{"op": "hello", "v": 1, "name": "go-" + name, "version": version(),
		"runtime": "go", "ops": []string{"run", "settle", "counters", "bye"},
		"auth": []string{"publickey", "password"}, "phases": []string{},
		"counters": []string{"tasks", "goroutines"}})
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, lineMax), lineMax)
	for lines.Scan() {
		var asked request
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			send(reply{"op": "error", "id": 0, "error": err.Error()})
		} else if asked.Op == "bye" {
			return
		} else {
			answer(asked, way)
		}
	}
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		fmt.Println(version())
		return
	}
	if len(os.Args) == 4 && os.Args[1] == "driver" && os.Args[2] == "--way" {
		if way, found := ways[os.Args[3]]; found {
			drive(os.Args[3], way)
			return
		}
	}
	fmt.Fprintln(os.Stderr, "usage: go-client driver --way dial|handshake|deadline | --version")
	os.Exit(2)
}
