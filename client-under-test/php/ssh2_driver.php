#!/usr/bin/php
<?php
// The extension ssh2 of PHP (libssh2) as a driver, fakesshd-driver(7): a process for each task, because PHP has no
// threads. What a task leaves behind is children and connections, then. One that dies of a signal takes the driver
// along: it is the client that crashed.
//
//     ssh2_driver.php default|timeouts FOLDER
//
// default   as in the manual's examples
// timeouts  with default_socket_timeout and stream_set_timeout()
// FOLDER    for a lock, and for public keys
declare(strict_types=1);

const OUTPUT_KEPT = 65536; // of each task, as much as a result line carries
const CHUNK = 8192;

class Failure extends Exception
{
    public function __construct(string $message, public string $outcome = 'failure')
    {
        parent::__construct($message);
    }
}

// Whole lines, though many processes write them: each takes the lock for itself.
function say(array $line): void
{
    $lock = fopen(FOLDER . '/lock', 'c');
    flock($lock, LOCK_EX);
    $text = json_encode($line, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE) . "\n";
    while ($text !== '') {
        $text = substr($text, fwrite(STDOUT, $text) ?: exit(1));
    }
    fclose($lock);
}

// The warnings that ssh2 leaves in place of reasons.
function failed(string $what): Failure
{
    $reason = error_get_last()['message'] ?? 'no reason given';
    return new Failure("$what: $reason", preg_match('/timed? ?out/i', $reason) ? 'timeout' : 'failure');
}

// ssh2_auth_pubkey_file() wants the public key as a file. It stands in the private key's: after
// "openssh-key-v1", cipher, kdf, its options and the number of keys. A file of /proc/PID/fd that has no name is none,
// to PHP, but is one to cat and to libssh2. Made once, before the fork.
function public_key_file(string $private): string
{
    $file = FOLDER . '/' . sha1($private) . '.pub';
    if (is_file($file)) {
        return $file;
    }
    $bytes = base64_decode(preg_replace('/-----[^-]*-----/', '', (string) shell_exec('cat ' . escapeshellarg($private))));
    $at = strlen("openssh-key-v1\0");
    for ($i = 0; $i < 3; $i++) {
        $at += 4 + unpack('N', $bytes, $at)[1];
    }
    $blob = substr($bytes, $at + 8, unpack('N', $bytes, $at + 4)[1]);
    file_put_contents($file, 'ssh-ed25519 ' . base64_encode($blob) . "\n");
    return $file;
}

function connect(array $line)
{
    $ssh2 = @ssh2_connect($line['host'], $line['port'], ['hostkey' => 'ssh-ed25519']) ?: throw failed('ssh2_connect');
    $expected = strtoupper(sha1(base64_decode(explode(' ', $line['hostkey'])[1])));
    if (ssh2_fingerprint($ssh2, SSH2_FINGERPRINT_SHA1 | SSH2_FINGERPRINT_HEX) !== $expected) {
        throw new Failure('another host key');
    }
    @ssh2_auth_pubkey_file($ssh2, $line['user'], public_key_file($line['key']), $line['key'])
        ?: throw failed('ssh2_auth_pubkey_file');
    return $ssh2;
}

// What is read may be nothing, at the end; a timeout is a warning of ssh2's, or stands with the stream.
function read_chunk($stream): string
{
    error_clear_last();
    $chunk = @fread($stream, CHUNK);
    if (($chunk === '' || $chunk === false) && stream_get_meta_data($stream)['timed_out']) {
        throw new Failure('the stream timed out', 'timeout');
    }
    if ($chunk === false || ($chunk === '' && error_get_last() !== null)) {
        throw failed('fread');
    }
    return $chunk;
}

function attempt(array $line, string $way, array &$task): int
{
    $deadline_ms = $line['deadline_ms'];
    if ($way === 'timeouts') {
        ini_set('default_socket_timeout', (string) intdiv($deadline_ms + 999, 1000));
    }
    $ssh2 = connect($line);
    $stream = @ssh2_exec($ssh2, $line['command']) ?: throw failed('ssh2_exec');
    stream_set_blocking($stream, true);
    if ($way === 'timeouts') {
        stream_set_timeout($stream, intdiv($deadline_ms, 1000), $deadline_ms % 1000 * 1000);
    }
    $stdin = base64_decode($line['stdin_b64'] ?? '');
    while ($stdin !== '') {
        $written = @fwrite($stream, $stdin) ?: throw failed('fwrite');
        $stdin = substr($stdin, $written);
    }
    ssh2_send_eof($stream);
    while (!feof($stream)) {
        $chunk = read_chunk($stream);
        $task['bytes'] += strlen($chunk);
        $task['output'] .= substr($chunk, 0, OUTPUT_KEPT - strlen($task['output']));
    }
    $status = stream_get_meta_data($stream)['exit_status'] ?? throw new Failure('no exit status came');
    fclose($stream);
    @ssh2_disconnect($ssh2);
    return $status;
}

function new_task(array $line): array
{
    return ['id' => $line['id'], 'begin' => hrtime(true), 'output' => '', 'bytes' => 0];
}

function say_result(array $task, string $outcome, ?int $status, ?string $error): void
{
    say(['op' => 'result', 'id' => $task['id'], 'outcome' => $outcome, 'phase' => null, 'exit_status' => $status,
        'stdout_b64' => base64_encode($task['output']), 'stdout_bytes' => $task['bytes'],
        'elapsed_ms' => intdiv(hrtime(true) - $task['begin'], 1000000), 'error' => $error]);
}

function run(array $line, string $way): void
{
    $task = new_task($line);
    [$outcome, $status, $error] = ['success', null, null];
    try {
        $status = attempt($line, $way, $task);
    } catch (Throwable $thrown) {
        [$outcome, $error] = [$thrown->outcome ?? 'failure', $thrown->getMessage()];
    }
    say_result($task, $outcome, $status, $error);
}

function reap(array &$tasks): void
{
    while (($pid = pcntl_waitpid(-1, $status, WNOHANG)) > 0) {
        $task = $tasks[$pid];
        unset($tasks[$pid]);
        if (isset($task['cancelled']) && pcntl_wifsignaled($status)) {
            say_result($task, 'cancelled', null, 'cancelled on request');
        } elseif (pcntl_wifsignaled($status)) {
            pcntl_signal(pcntl_wtermsig($status), SIG_DFL);
            posix_kill(getmypid(), pcntl_wtermsig($status));
        }
    }
}

function start(array $line, string $way, array &$tasks): void
{
    public_key_file($line['key']);
    $pid = pcntl_fork();
    if ($pid === 0) {
        pcntl_signal(SIGCHLD, SIG_DFL);
        run($line, $way);
        exit(0);
    } elseif ($pid > 0) {
        $tasks[$pid] = new_task($line);
    } else {
        say_result(new_task($line), 'could_not_try', null, 'fork failed');
    }
}

function cancel(int $id, array &$tasks): void
{
    foreach ($tasks as $pid => $task) {
        if ($task['id'] === $id) {
            $tasks[$pid]['cancelled'] = true;
            posix_kill($pid, SIGTERM);
        }
    }
}

// The next line of the judge's; children that ended meanwhile are seen to. False at the end.
function next_line(array &$tasks): string|false
{
    do {
        [$read, $write, $except] = [[STDIN], [], []];
        // False when a child ends, but for one that ended just before: hence the look every 50 ms.
        $ready = @stream_select($read, $write, $except, 0, 50000);
        reap($tasks);
    } while (!$ready);
    // A child that ends cuts a read short, in the middle of a long line.
    for ($text = ''; !str_ends_with($text, "\n"); $text .= $part) {
        $part = fgets(STDIN);
        if ($part === false && feof(STDIN)) {
            return false;
        }
    }
    return $text;
}

function drive(string $way): void
{
    $tasks = [];
    say(['op' => 'hello', 'v' => 1, 'name' => 'php-ssh2', 'version' => phpversion('ssh2'), 'runtime' => 'PHP ' . PHP_VERSION,
        'ops' => ['run', 'settle', 'counters', 'cancel', 'bye'], 'auth' => ['publickey'], 'phases' => [], 'counters' => ['tasks']]);
    pcntl_signal(SIGCHLD, function () {}, false);
    while (($text = next_line($tasks)) !== false) {
        $line = json_decode($text, true);
        $id = $line['id'] ?? null;
        switch ($line['op']) {
            case 'run':
                start($line, $way, $tasks);
                break;
            case 'settle':
                say(['op' => 'settled', 'id' => $id]);
                break;
            case 'counters':
                say(['op' => 'counters', 'id' => $id, 'tasks' => count($tasks)]);
                break;
            case 'cancel':
                cancel($id, $tasks);
                break;
            case 'bye':
                break 2;
            default:
                say(['op' => 'unsupported', 'id' => $id]);
        }
    }
    foreach (array_keys($tasks) as $pid) {
        posix_kill($pid, SIGKILL);
    }
}

$way = $argv[1] ?? '';
define('FOLDER', $argv[2] ?? '');
if (!in_array($way, ['default', 'timeouts'], true) || !is_dir(FOLDER)) {
    fwrite(STDERR, "ssh2_driver: expected default or timeouts and a folder, found $way\n");
    exit(2);
}
drive($way);
