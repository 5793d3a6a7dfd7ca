// Runs a command with golang.org/x/crypto/ssh:
//
//	exec HOST PORT USER PASSWORD KEY-FILE HOST-KEY METHOD COMMAND [CIPHER,MAC,KEX]
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(255)
	}
}

func method(name, password, keyFile string) ssh.AuthMethod {
	switch name {
	case "password":
		return ssh.Password(password)
	case "keyboard-interactive":
		return ssh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
			return []string{password}[:len(questions)], nil
		})
	}
	text, err := os.ReadFile(keyFile)
	fail(err)
	key, err := ssh.ParsePrivateKey(text)
	fail(err)
	return ssh.PublicKeys(key)
}

func only(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

func main() {
	address, user, password := os.Args[1]+":"+os.Args[2], os.Args[3], os.Args[4]
	keyFile, hostKey, methodName, command := os.Args[5], os.Args[6], os.Args[7], os.Args[8]
	wanted := strings.Split(strings.Join(os.Args[9:], "")+",,", ",")
	expected, _, _, _, err := ssh.ParseAuthorizedKey([]byte(hostKey))
	fail(err)
	client, err := ssh.Dial("tcp", address, &ssh.ClientConfig{
		Config:          ssh.Config{Ciphers: only(wanted[0]), MACs: only(wanted[1]), KeyExchanges: only(wanted[2])},
		User:            user,
		Auth:            []ssh.AuthMethod{method(methodName, password, keyFile)},
		HostKeyCallback: ssh.FixedHostKey(expected),
		Timeout:         10 * time.Second,
	})
	fail(err)
	session, err := client.NewSession()
	fail(err)
	session.Stdout, session.Stderr = os.Stdout, os.Stderr
	err = session.Run(command)
	client.Close()
	if exit, ok := err.(*ssh.ExitError); ok {
		os.Exit(exit.ExitStatus())
	}
	fail(err)
}
