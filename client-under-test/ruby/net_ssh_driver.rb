#!/usr/bin/ruby
# net-ssh as a driver, fakesshd-driver(7): a thread for each task.
#
#     net_ssh_driver.rb default|options|timeout
#
# default  the option timeout, as a newcomer gives it
# options  each option that has to do with time
# timeout  none of these, and Timeout.timeout around all of a task
require 'json'
require 'net/ssh'
require 'timeout'

OUTPUT_KEPT = 65_536 # of each task, as much as a result line carries
STACKS_KEPT = 150_000 # bytes; a line may have 256 KiB
KEEPALIVES = 4 # to a deadline: the last of them unanswered, and it has passed
TIMEOUTS = [Net::SSH::ConnectionTimeout, Net::SSH::Timeout, Timeout::Error, Errno::ETIMEDOUT].freeze

# Believes the given host key, and none else.
class OneHostKey
  def initialize(line)
    @blob = line.split[1].unpack1('m')
  end

  def verify(arguments)
    return true if arguments[:key_blob] == @blob

    raise Net::SSH::HostKeyMismatch, "another host key: #{arguments[:fingerprint]}"
  end

  def verify_signature
    yield
  end
end

class Cancelled < RuntimeError; end

class Task
  def initialize(line, way)
    @line = line
    @way = way
    @begin = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    @output = String.new
    @output_bytes = 0
  end

  def deadline_s
    @line['deadline_ms'] / 1000.0
  end

  def options
    case @way
    when 'default' then { timeout: deadline_s }
    when 'options'
      { timeout: deadline_s, keepalive: true, keepalive_interval: deadline_s / KEEPALIVES,
        keepalive_maxcount: KEEPALIVES - 1 }
    else {}
    end
  end

  def keep(data)
    @output_bytes += data.bytesize
    @output << data.byteslice(0, OUTPUT_KEPT - @output.bytesize)
  end

  # The command's status, as net-ssh fills it in.
  def attempt
    status = {}
    Net::SSH.start(@line['host'], @line['user'], port: @line['port'], keys: [@line['key']], keys_only: true,
                   use_agent: false, config: false, auth_methods: ['publickey'], non_interactive: true,
                   host_key: 'ssh-ed25519', verify_host_key: OneHostKey.new(@line['hostkey']), **options) do |ssh|
      channel = ssh.exec(@line['command'], status: status) { |_, stream, data| keep(data) if stream == :stdout }
      channel.send_data(@line['stdin_b64'].unpack1('m')) if @line['stdin_b64']
      channel.eof!
      channel.wait
    end
    status
  end

  def result(outcome, exit_status, error)
    elapsed = Process.clock_gettime(Process::CLOCK_MONOTONIC) - @begin
    { op: 'result', id: @line['id'], outcome: outcome, phase: nil, exit_status: exit_status,
      stdout_b64: [@output].pack('m0'), stdout_bytes: @output_bytes, elapsed_ms: (elapsed * 1000).to_i, error: error }
  end

  def run
    status = @way == 'timeout' ? Timeout.timeout(deadline_s) { attempt } : attempt
    return result('success', status[:exit_code], nil) if status[:exit_code]

    result('failure', nil, "no exit status came, but #{status}")
  rescue Cancelled
    result('cancelled', nil, 'cancelled on request')
  rescue *TIMEOUTS => e
    result('timeout', nil, "#{e.class}: #{e.message}")
  rescue StandardError, NotImplementedError => e
    result('failure', nil, "#{e.class}: #{e.message}".scrub)
  end
end

class Driver
  OPS = %w[run settle counters cancel stacks bye].freeze

  def initialize(way)
    @way = way
    @out = Mutex.new
    @lock = Mutex.new
    @tasks = {} # the thread of each id
  end

  def say(line)
    @out.synchronize { $stdout.write("#{JSON.generate(line)}\n") }
  end

  # As Python's faulthandler prints them.
  def stacks
    text = Thread.list.map do |thread|
      frames = (thread.backtrace || []).map do |at|
        file, line, function = at.match(/\A(.*):(\d+):in [`'](.*)'\z/)&.captures
        "  File \"#{file}\", line #{line} in #{function}\n"
      end
      "Thread 0x#{thread.object_id.to_s(16)} (most recent call first):\n#{frames.join}"
    end
    text.join("\n").byteslice(0, STACKS_KEPT).scrub
  end

  def run(line)
    id = line['id']
    @lock.synchronize do
      @tasks[id] = Thread.new do
        result = Task.new(line, @way).run
        @lock.synchronize { @tasks.delete(id) }
        say(result)
      end
    end
  end

  def answer(line)
    id = line['id']
    case line['op']
    when 'run' then run(line)
    when 'settle'
      GC.start
      say({ op: 'settled', id: id })
    when 'counters' then say({ op: 'counters', id: id, tasks: @tasks.size })
    when 'cancel' then @tasks[id]&.raise(Cancelled)
    when 'stacks' then say({ op: 'stacks', id: id, text: stacks })
    else say({ op: 'unsupported', id: id })
    end
  end

  def drive
    say({ op: 'hello', v: 1, name: 'net-ssh', version: Net::SSH::Version::STRING, runtime: "Ruby #{RUBY_VERSION}",
          ops: OPS, auth: ['publickey'], phases: [], counters: ['tasks'] })
    $stdin.each_line do |text|
      line = JSON.parse(text)
      break if line['op'] == 'bye'

      answer(line)
    end
  end
end

way = ARGV[0]
abort("net_ssh_driver: expected default, options or timeout, found #{way}") unless %w[default options timeout].include?(way)
$stdout.sync = true
Driver.new(way).drive
exit!(0) # whatever the tasks do
