#!/usr/bin/env node
// ssh2 of npm as a driver, fakesshd-driver(7): one process and one loop for all tasks. Whatever has no timeout in
// ssh2 has none here.
//
//     ssh2_driver.js default|timeouts
//
// default   readyTimeout alone
// timeouts  each option that ssh2 has
'use strict';
const fs = require('fs');
const readline = require('readline');
const { Client } = require('ssh2');

const OUTPUT_KEPT = 65536; // of each task, as much as a result line carries
const KEEPALIVES = 4; // to a deadline: the last of them unanswered, and it has passed
const way = process.argv[2];
const inFlight = new Map(); // by id

function say(line) {
  process.stdout.write(JSON.stringify(line) + '\n');
}

function options(task) {
  const deadlineMs = task.line.deadline_ms;
  if (way === 'default') return { readyTimeout: deadlineMs };
  return {
    readyTimeout: deadlineMs,
    timeout: deadlineMs,
    keepaliveInterval: Math.ceil(deadlineMs / KEEPALIVES),
    keepaliveCountMax: KEEPALIVES - 1,
  };
}

class Task {
  constructor(line) {
    this.line = line;
    this.begin = process.hrtime.bigint();
    this.kept = [];
    this.keptBytes = this.outputBytes = 0;
    this.exitStatus = null;
    this.exitWords = 'no exit status came';
    this.conn = new Client();
    this.over = false;
    inFlight.set(line.id, this);
  }

  keep(chunk) {
    this.outputBytes += chunk.length;
    const part = chunk.subarray(0, OUTPUT_KEPT - this.keptBytes);
    this.keptBytes += part.length;
    if (part.length > 0) this.kept.push(part);
  }

  end(outcome, error) {
    if (this.over) return;
    this.over = true;
    inFlight.delete(this.line.id);
    this.conn.end();
    say({
      op: 'result', id: this.line.id, outcome, phase: null,
      exit_status: outcome === 'success' ? this.exitStatus : null,
      stdout_b64: Buffer.concat(this.kept).toString('base64'), stdout_bytes: this.outputBytes,
      elapsed_ms: Number((process.hrtime.bigint() - this.begin) / 1000000n), error,
    });
  }

  fail(error) {
    this.end(error.level === 'client-timeout' || error.code === 'ETIMEDOUT' ? 'timeout' : 'failure', String(error));
  }

  onStream(stream) {
    stream.on('data', (chunk) => this.keep(chunk));
    stream.stderr.resume();
    stream.on('exit', (code, signal) => {
      this.exitStatus = code;
      if (signal) this.exitWords = `ended by signal ${signal}`;
    });
    stream.on('close', () => {
      if (Number.isInteger(this.exitStatus)) this.end('success', null);
      else this.end('failure', this.exitWords);
    });
    stream.end(Buffer.from(this.line.stdin_b64 || '', 'base64'));
  }

  run() {
    const { line, conn } = this;
    const hostkey = Buffer.from(line.hostkey.split(' ')[1], 'base64');
    conn.on('error', (error) => this.fail(error));
    conn.on('timeout', () => this.end('timeout', 'the socket was idle for too long'));
    conn.on('close', () => this.end('failure', 'the connection was closed'));
    conn.on('ready', () => {
      conn.exec(line.command, (error, stream) => (error ? this.fail(error) : this.onStream(stream)));
    });
    conn.connect({
      host: line.host, port: line.port, username: line.user, privateKey: fs.readFileSync(line.key),
      hostVerifier: (key) => key.equals(hostkey), ...options(this),
    });
  }
}

const answers = {
  run(line) {
    const task = new Task(line);
    try {
      task.run();
    } catch (error) {
      task.fail(error);
    }
  },
  settle(line) {
    if (global.gc) global.gc();
    say({ op: 'settled', id: line.id });
  },
  counters(line) {
    say({ op: 'counters', id: line.id, tasks: inFlight.size });
  },
  cancel(line) {
    const task = inFlight.get(line.id);
    if (task) task.end('cancelled', 'cancelled on request');
  },
  bye() {
    process.exit(0);
  },
};

if (way !== 'default' && way !== 'timeouts') {
  console.error(`ssh2_driver: expected default or timeouts, found ${way}`);
  process.exit(2);
}
say({
  op: 'hello', v: 1, name: 'node-ssh2', version: require('ssh2/package.json').version,
  runtime: `Node.js ${process.version}`, ops: Object.keys(answers), auth: ['publickey'], phases: [],
  counters: ['tasks'],
});
const lines = readline.createInterface({ input: process.stdin });
lines.on('line', (text) => {
  const line = JSON.parse(text);
  if (Object.hasOwn(answers, line.op)) answers[line.op](line);
  else say({ op: 'unsupported', id: line.id });
});
lines.on('close', () => process.exit(0));
