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
// FOLDER    for locks, and for public keys; others may have it, too
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

// Whole lines, though many processes write them: each takes the lock for itself, by a file of its own. It stays open: a
// descriptor that comes and goes with each line is one that the judge may count.
function say(array $line): void
{
    static $lock = null, $owner = 0;
    if ($owner !== getmypid()) {
        [$lock, $owner] = [fopen(LOCK, 'c'), getmypid()];
    }
    flock($lock, LOCK_EX);
    $text = json_encode($line, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE) . "\n";
    while ($text !== '') {
        $text = substr($text, fwrite(STDOUT, $text) ?: exit(1));
    }
    flock($lock, LOCK_UN);
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
    // The folder may be another driver's, too, which must not find half of it.
    file_put_contents("$file." . getmypid(), 'ssh-ed25519 ' . base64_encode($blob) . "\n");
    rename("$file." . getmypid(), $file);
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

function run(array $line, string $way, $tell): void
{
    $task = new_task($line);
    [$outcome, $status, $error] = ['success', null, null];
    try {
        $status = attempt($line, $way, $task);
    } catch (Throwable $thrown) {
        [$outcome, $error] = [$thrown->outcome ?? 'failure', $thrown->getMessage()];
    }
    pcntl_sigprocmask(SIG_BLOCK, [SIGTERM]); // a cancel that is late does not cut the line in two
    fwrite($tell, getmypid() . "\n");
    say_result($task, $outcome, $status, $error);
    pcntl_sigprocmask(SIG_UNBLOCK, [SIGTERM]);
}

// Notes who has told that its task is over.
function hear($told, array &$tasks): void
{
    while (($pid = (int) fgets($told)) > 0) {
        if (isset($tasks[$pid])) {
            $tasks[$pid]['told'] = true;
        }
    }
}

// A child of that number is gone. The result of one that was cancelled is said here, unless it has told its own.
function ended(int $pid, int $status, array &$tasks): void
{
    $task = $tasks[$pid];
    unset($tasks[$pid]);
    if (!pcntl_wifsignaled($status)) {
        return;
    }
    if (!isset($task['cancelled'])) {
        pcntl_signal(pcntl_wtermsig($status), SIG_DFL);
        posix_kill(getmypid(), pcntl_wtermsig($status));
    } elseif (!isset($task['told'])) {
        say_result($task, 'cancelled', null, 'cancelled on request');
    }
}

function reap($told, array &$tasks): void
{
    $statuses = [];
    while (($pid = pcntl_waitpid(-1, $status, WNOHANG)) > 0) {
        $statuses[$pid] = $status;
    }
    hear($told, $tasks); // after that: who has ended has told before
    foreach ($statuses as $pid => $status) {
        ended($pid, $status, $tasks);
    }
}

// A result may be read before its process is gone, and until then its task would be counted. Bounded: what the
// library does about a stream that timed out, at the end of the process, may hang.
function settle($told, array &$tasks): void
{
    reap($told, $tasks);
    for ($looks = 0; $looks < 200 && array_column($tasks, 'told') !== []; $looks++) {
        usleep(1000);
        reap($told, $tasks);
    }
}

function start(array $line, string $way, $tell, array &$tasks): void
{
    public_key_file($line['key']);
    $pid = pcntl_fork();
    if ($pid === 0) {
        run($line, $way, $tell);
        exit(0);
    } elseif ($pid > 0) {
        $tasks[$pid] = new_task($line);
    } else {
        say_result(new_task($line), 'could_not_try', null, 'fork failed');
    }
}

function cancel(int $id, $told, array &$tasks): void
{
    foreach ($tasks as $pid => $task) {
        if ($task['id'] === $id) {
            $tasks[$pid]['cancelled'] = true;
            posix_kill($pid, SIGTERM);
            pcntl_waitpid($pid, $status);
            hear($told, $tasks);
            ended($pid, $status, $tasks);
        }
    }
}

// The next line of the judge's; children that ended meanwhile are seen to. One that dies without a word wakes nobody:
// hence the look every 50 ms. False at the end.
function next_line($told, array &$tasks): string|false
{
    do {
        [$read, $write, $except] = [[STDIN, $told], [], []];
        stream_select($read, $write, $except, 0, 50000);
        reap($told, $tasks);
    } while (!in_array(STDIN, $read, true));
    return fgets(STDIN);
}

function drive(string $way): void
{
    $tasks = [];
    // Numbers of the processes whose task is over, a line each.
    [$told, $tell] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    stream_set_blocking($told, false);
    say(['op' => 'hello', 'v' => 1, 'name' => 'php-ssh2', 'version' => phpversion('ssh2'), 'runtime' => 'PHP ' . PHP_VERSION,
        'ops' => ['run', 'settle', 'counters', 'cancel', 'bye'], 'auth' => ['publickey'], 'phases' => [], 'counters' => ['tasks']]);
    while (($text = next_line($told, $tasks)) !== false) {
        $line = json_decode($text, true);
        $id = $line['id'] ?? null;
        switch ($line['op']) {
            case 'run':
                start($line, $way, $tell, $tasks);
                break;
            case 'settle':
                settle($told, $tasks);
                say(['op' => 'settled', 'id' => $id]);
                break;
            case 'counters':
                say(['op' => 'counters', 'id' => $id, 'tasks' => count($tasks)]);
                break;
            case 'cancel':
                cancel($id, $told, $tasks);
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
define('LOCK', FOLDER . '/lock.' . getmypid()); // this driver's and its tasks'
if (!in_array($way, ['default', 'timeouts'], true) || !is_dir(FOLDER)) {
    fwrite(STDERR, "ssh2_driver: expected default or timeouts and a folder, found $way\n");
    exit(2);
}
drive($way);
