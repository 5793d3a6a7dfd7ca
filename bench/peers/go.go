// What golang.org/x/crypto/ssh does with a plan (bench/deadlines.py): SetDeadline on the connection,
// so that the deadline covers everything, as the client of the story should have done.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"
)

type plan struct {
	Host        string
	Port        int
	User        string
	Key         string
	Hostkey     string
	Count       int
	Deadline_ms int
	Spread_ms   int
	Concurrency int
	Seconds     float64
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func task(at plan, config *ssh.ClientConfig, begin time.Time) error {
	deadline := begin.Add(time.Duration(at.Deadline_ms) * time.Millisecond)
	dialer := net.Dialer{Deadline: deadline}
	conn, err := dialer.Dial("tcp", net.JoinHostPort(at.Host, strconv.Itoa(at.Port)))
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(deadline); err != nil {
		return err
	}
	client, channels, requests, err := ssh.NewClientConn(conn, at.Host, config)
	if err != nil {
		return err
	}
	session, err := ssh.NewClient(client, channels, requests).NewSession()
	if err != nil {
		return err
	}
	_, err = session.Output("nonce 4f2a")
	return err
}

func residentKiB() int {
	text, err := os.ReadFile("/proc/self/statm")
	check(err)
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	check(err)
	return pages * os.Getpagesize() / 1024
}

func hang(at plan, config *ssh.ClientConfig) map[string]any {
	late := make([]float64, at.Count)
	outcomes := map[string]int{}
	var lock sync.Mutex
	var all sync.WaitGroup
	debug.FreeOSMemory()
	before, hung := residentKiB(), 0
	begin := time.Now()
	for i := range late {
		due := begin.Add(time.Duration(at.Spread_ms) * time.Millisecond * time.Duration(i) / time.Duration(at.Count))
		time.Sleep(time.Until(due))
		all.Add(1)
		start := time.Now() // a task begins when it is asked for
		go func(i int, start time.Time) {
			defer all.Done()
			err := task(at, config, start)
			late[i] = float64(time.Since(start).Microseconds())/1000 - float64(at.Deadline_ms)
			lock.Lock()
			defer lock.Unlock()
			if err == nil {
				outcomes["success"]++
			} else if late[i] >= 0 {
				outcomes["timeout"]++
			} else {
				outcomes["early: "+err.Error()]++
			}
		}(i, start)
	}
	time.Sleep(time.Until(begin.Add(time.Duration(max(at.Spread_ms, at.Deadline_ms*3/4)) * time.Millisecond)))
	hung = residentKiB()
	all.Wait()
	return map[string]any{"late_ms": late, "outcomes": outcomes,
		"task_kib": float64(hung-before) / float64(at.Count)}
}

func max(a, b int) int {
	if a > b {
		return a
	}
	return b
}

func rate(at plan, config *ssh.ClientConfig) map[string]any {
	var done, failed int64
	var all sync.WaitGroup
	begin := time.Now()
	end := begin.Add(time.Duration(at.Seconds * float64(time.Second)))
	for i := 0; i < at.Concurrency; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for time.Now().Before(end) {
				if task(at, config, time.Now()) == nil {
					atomic.AddInt64(&done, 1)
				} else {
					atomic.AddInt64(&failed, 1)
				}
			}
		}()
	}
	all.Wait()
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	return map[string]any{"tasks": done, "failed": failed, "seconds": time.Since(begin).Seconds(),
		"cpu_ms": float64(cpu.Milliseconds()) / float64(max(int(done), 1))}
}

func main() {
	var at plan
	check(json.Unmarshal([]byte(os.Args[1]), &at))
	text, err := os.ReadFile(at.Key)
	check(err)
	key, err := ssh.ParsePrivateKey(text)
	check(err)
	hostkey, _, _, _, err := ssh.ParseAuthorizedKey([]byte(at.Hostkey))
	check(err)
	config := &ssh.ClientConfig{User: at.User, Auth: []ssh.AuthMethod{ssh.PublicKeys(key)},
		HostKeyCallback: ssh.FixedHostKey(hostkey)}
	said := map[string]any{}
	if at.Seconds > 0 {
		said = rate(at, config)
	} else {
		said = hang(at, config)
	}
	check(json.NewEncoder(os.Stdout).Encode(said))
}
