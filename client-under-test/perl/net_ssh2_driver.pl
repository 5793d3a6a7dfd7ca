#!/usr/bin/perl
# Net::SSH2 (libssh2) as a driver, fakesshd-driver(7): a process for each task, because Perl has no threads to speak
# of. What a task leaves behind is children and connections, then. One that dies of a signal takes the driver along:
# it is the client that crashed.
#
#     net_ssh2_driver.pl default|timeouts
#
# default   as in the manual's SYNOPSIS
# timeouts  with timeout, the only option about time
use strict;
use warnings;
use Fcntl qw(:flock F_SETFL O_NONBLOCK);
use JSON::PP;
use MIME::Base64;
use Net::SSH2;
use POSIX qw(:signal_h :sys_wait_h);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

use constant OUTPUT_KEPT => 65536;    # of each task, as much as a result line carries
use constant CHUNK       => 32768;
my %TIMED_OUT = map { $_ => 1 } qw(LIBSSH2_ERROR_TIMEOUT LIBSSH2_ERROR_SOCKET_TIMEOUT LIBSSH2_ERROR_EAGAIN);

my $way  = shift // '';
my $json = JSON::PP->new->canonical;
my %tasks;                            # id and begin, by process
my $input = '';                       # of the judge's, not yet looked at
my $term  = POSIX::SigSet->new(SIGTERM);
pipe my $told, my $tell or die "pipe: $!";    # numbers of the processes whose task is over
fcntl $told, F_SETFL, O_NONBLOCK or die "fcntl: $!";

# Whole lines, though many processes write them: each takes the pipe for itself, by a file of its own. It stays open:
# a descriptor that comes and goes with each line is one that the judge may count.
my ($out, $owner) = (undef, 0);

sub say_line {
    my ($line) = @_;
    if ($owner != $$) {
        open $out, '>>', '/proc/self/fd/1' or die "standard output: $!";
        $owner = $$;
    }
    flock $out, LOCK_EX;
    print {$out} $json->encode($line), "\n";
    flock $out, LOCK_UN;    # which writes it, too
}

sub failed {
    my ($ssh2, $what) = @_;
    my ($code, $name, $words) = $ssh2->error;
    die [$TIMED_OUT{ $name // '' } ? 'timeout' : 'failure', "$what: " . ($words // $! // 'no reason given')];
}

sub attempt {
    my ($task, $line) = @_;
    my $ssh2 = Net::SSH2->new($way eq 'timeouts' ? (timeout => $line->{deadline_ms}) : ());
    $ssh2->method('HOSTKEY', 'ssh-ed25519');
    $ssh2->connect($line->{host}, $line->{port}) or failed($ssh2, 'connect');
    my ($key) = $ssh2->remote_hostkey;
    die ['failure', 'another host key'] if $key ne decode_base64((split ' ', $line->{hostkey})[1]);
    $ssh2->auth_publickey($line->{user}, undef, $line->{key}) or failed($ssh2, 'auth_publickey');
    my $channel = $ssh2->channel or failed($ssh2, 'channel');
    $channel->exec($line->{command}) or failed($ssh2, 'exec');
    my $stdin = decode_base64($line->{stdin_b64} // '');
    while (length $stdin) {
        my $written = $channel->write(substr $stdin, 0, CHUNK) or failed($ssh2, 'write');
        substr($stdin, 0, $written) = '';
    }
    $channel->send_eof or failed($ssh2, 'send_eof');
    until ($channel->eof) {
        my ($out) = $channel->read2(CHUNK);
        if (!defined $out) {
            last if $channel->eof;    # which came while it looked for more
            failed($ssh2, 'read2');
        }
        $task->{bytes} += length $out;
        $task->{output} .= substr $out, 0, OUTPUT_KEPT - length $task->{output};
    }
    $channel->wait_closed or failed($ssh2, 'wait_closed');
    my $signal = $channel->exit_signal;
    die ['failure', "ended by signal $signal"] if defined $signal && length $signal;
    my $status = $channel->exit_status;
    $ssh2->disconnect;
    return $status;
}

sub say_result {
    my ($task, $outcome, $error, $status) = @_;
    my $elapsed = clock_gettime(CLOCK_MONOTONIC) - ($task->{begin} // clock_gettime(CLOCK_MONOTONIC));
    say_line({
        op => 'result', id => $task->{id}, outcome => $outcome, phase => undef, error => $error,
        exit_status => defined $status ? $status + 0 : undef, stdout_b64 => encode_base64($task->{output} // '', ''),
        stdout_bytes => $task->{bytes} // 0, elapsed_ms => int($elapsed * 1000),
    });
}

# In a process of its own, which ends with it.
sub run {
    my ($line) = @_;
    my $task = { id => $line->{id}, begin => clock_gettime(CLOCK_MONOTONIC), output => '', bytes => 0 };
    my $status = eval { attempt($task, $line) };
    my ($outcome, $error) = !$@ ? ('success', undef) : ref $@ ? @{$@} : ('failure', "$@");
    sigprocmask(SIG_BLOCK, $term);    # a cancel that is late does not cut the line in two
    syswrite $tell, pack 'N', $$;
    say_result($task, $outcome, $error, $status);
    POSIX::_exit(0);
}

# A child of that number is gone. The result of one that was cancelled is said here, unless it has told its own.
sub ended {
    my ($pid, $signal) = @_;
    my $task = delete $tasks{$pid};
    return if !$task || !$signal;
    if ($task->{cancelled}) {
        say_result($task, 'cancelled', 'cancelled on request');
    } else {
        $SIG{$_} = 'DEFAULT' for qw(PIPE SEGV ABRT);
        kill $signal, $$;
    }
}

sub await_end {
    my ($pid) = @_;
    ended($pid, $? & 127) if waitpid($pid, 0) == $pid;
}

# First those that have told that their task is over: a result may be read before its process is gone, and until
# then the task would be counted. There is nothing left to them but to write it. Then whoever died.
sub reap {
    while (sysread $told, my $number, 4) {
        my $pid = unpack 'N', $number;
        await_end($pid) if $tasks{$pid};
    }
    while ((my $pid = waitpid -1, WNOHANG) > 0) {
        ended($pid, $? & 127);
    }
}

sub start {
    my ($line) = @_;
    my $pid = fork;
    if (!defined $pid) {
        say_result($line, 'could_not_try', "fork: $!");
    } elsif ($pid == 0) {
        run($line);
    } else {
        $tasks{$pid} = { id => $line->{id}, begin => clock_gettime(CLOCK_MONOTONIC) };
    }
}

sub cancel {
    my ($line) = @_;
    for my $pid (grep { $tasks{$_}{id} == $line->{id} } keys %tasks) {
        $tasks{$pid}{cancelled} = 1;
        kill 'TERM', $pid;
        await_end($pid);
    }
}

# The next line of the judge's; children that ended meanwhile are seen to. One that dies without a word wakes nobody:
# hence the look every 50 ms. Undefined at the end.
sub next_line {
    while (1) {
        reap();
        return $1 if $input =~ s/\A(.*\n)//;
        my $ready = '';
        vec($ready, fileno $_, 1) = 1 for *STDIN, $told;
        select $ready, undef, undef, 0.05;
        next if !vec $ready, fileno STDIN, 1;
        sysread STDIN, $input, CHUNK, length $input or return;
    }
}

my %answers = (
    run      => \&start,
    cancel   => \&cancel,
    settle   => sub { say_line({ op => 'settled', id => $_[0]{id} }) },
    counters => sub { say_line({ op => 'counters', id => $_[0]{id}, tasks => scalar keys %tasks }) },
);

die "net_ssh2_driver: expected default or timeouts, found $way\n" if $way ne 'default' && $way ne 'timeouts';
say_line({ op => 'hello', v => 1, name => 'perl-net-ssh2', runtime => "Perl $^V",
           version => $Net::SSH2::VERSION . ', libssh2 ' . (Net::SSH2->version)[0],
           ops => [sort(keys %answers), 'bye'], auth => ['publickey'], phases => [], counters => ['tasks'] });
while (defined(my $text = next_line())) {
    my $line = $json->decode($text);
    last if $line->{op} eq 'bye';
    my $answer = $answers{ $line->{op} } // sub { say_line({ op => 'unsupported', id => $_[0]{id} }) };
    $answer->($line);
}
kill 'KILL', keys %tasks;
POSIX::_exit(0);
