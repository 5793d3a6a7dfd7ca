import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A driver for JSch as its example Exec.java uses it: blocking calls, a thread for each task.
 *
 * <pre>
 *     JschClient             no option about time
 *     JschClient --timeout   Session.connect(ms), Session.setServerAliveInterval(ms), which sets the
 *                            socket's timeout, too, and Channel.connect(ms)
 * </pre>
 *
 * No other deadline: what is judged is what these cover. JSch 0.1.55 knows neither Ed25519 nor OpenSSH's
 * form of a key.
 */
public final class JschClient {
    private static final int OUTPUT_KEPT_BYTES = 64 * 1024;
    private static final AtomicInteger running = new AtomicInteger();
    private static boolean usesTimeout;

    /** One task: what was asked, and what came of it. */
    private static final class Task implements Runnable {
        private final Map<String, Object> asked;
        private final long beginNs = System.nanoTime();
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final int deadlineMs;
        private long outputBytes;
        private int exitStatus = -1;

        Task(Map<String, Object> asked) {
            this.asked = asked;
            deadlineMs = (int) Lines.number(asked, "deadline_ms");
        }

        @Override
        public void run() {
            String outcome = "success", phase = null, error = null;
            try {
                execute();
            } catch (Failure failure) {
                outcome = isTimeout(failure.getCause()) ? "timeout" : "failure";
                phase = failure.phase;
                error = failure.getMessage();
            } catch (RuntimeException trouble) {
                outcome = "failure"; // of the library's: it trips over what the server said
                error = trouble.toString();
            } catch (Error trouble) {
                outcome = "could_not_try";
                error = trouble.toString();
            }
            running.decrementAndGet();
            Lines.say("op", "result", "id", asked.get("id"), "outcome", outcome, "phase", phase, "exit_status",
                    outcome.equals("success") ? exitStatus : null, "stdout_b64",
                    Base64.getEncoder().encodeToString(kept.toByteArray()), "stdout_bytes", outputBytes, "elapsed_ms",
                    (System.nanoTime() - beginNs) / 1000000, "error", error);
        }

        private void execute() throws Failure {
            Session session = null;
            try {
                session = open();
                log(session);
            } catch (JSchException trouble) {
                throw new Failure(null, trouble);
            } finally {
                if (session != null)
                    session.disconnect();
            }
        }

        private Session open() throws JSchException {
            JSch jsch = new JSch();
            String host = Lines.text(asked, "host");
            long port = Lines.number(asked, "port");
            StringBuilder known = new StringBuilder();
            for (String name : new String[] {"hostkey_ecdsa", "hostkey_rsa"})
                known.append('[').append(host).append("]:").append(port).append(' ').append(Lines.text(asked, name))
                        .append('\n');
            jsch.setKnownHosts(new ByteArrayInputStream(known.toString().getBytes(StandardCharsets.UTF_8)));
            if (Lines.text(asked, "key_rsa") != null)
                jsch.addIdentity(Lines.text(asked, "key_rsa"));
            Session session = jsch.getSession(Lines.text(asked, "user"), host, (int) port);
            session.setConfig("StrictHostKeyChecking", "yes");
            session.setPassword(Lines.text(asked, "password"));
            return session;
        }

        private void log(Session session) throws Failure, JSchException {
            if (usesTimeout) {
                // One message may go unanswered for as long again before the session is given up.
                session.setServerAliveInterval(Math.max(deadlineMs / 2, 1));
                session.setServerAliveCountMax(1);
                session.connect(deadlineMs);
            } else {
                session.connect();
            }
            runCommand(session);
        }

        private void runCommand(Session session) throws Failure {
            try {
                ChannelExec channel = (ChannelExec) session.openChannel("exec");
                channel.setCommand(Lines.text(asked, "command"));
                String input = Lines.text(asked, "stdin_b64");
                channel.setInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(input == null ? "" : input)));
                channel.setErrStream(OutputStream.nullOutputStream());
                InputStream output = channel.getInputStream();
                if (usesTimeout)
                    connectInTime(channel);
                else
                    channel.connect();
                read(output);
                while (!channel.isClosed())
                    Thread.sleep(20); // there is nothing to wait for: the example asks again and again, too
                exitStatus = channel.getExitStatus();
                channel.disconnect();
            } catch (JSchException | IOException | InterruptedException trouble) {
                throw new Failure(null, trouble);
            }
            if (exitStatus < 0)
                throw new Failure(null, new IOException("the channel was closed without an exit status"));
        }

        /** When its time is up, it says no more than that the channel is not opened. */
        private void connectInTime(ChannelExec channel) throws JSchException {
            long fromNs = System.nanoTime();
            try {
                channel.connect(deadlineMs);
            } catch (JSchException trouble) {
                boolean late = System.nanoTime() - fromNs >= deadlineMs * 1000000L;
                if (late && String.valueOf(trouble.getMessage()).contains("not opened"))
                    throw new JSchException("timeout: " + trouble.getMessage(), trouble);
                throw trouble;
            }
        }

        private void read(InputStream output) throws IOException {
            byte[] bytes = new byte[16384];
            for (int count; (count = output.read(bytes)) >= 0; outputBytes += count)
                kept.write(bytes, 0, Math.min(count, OUTPUT_KEPT_BYTES - kept.size()));
        }
    }

    private static final class Failure extends Exception {
        private static final long serialVersionUID = 1;
        final String phase;

        Failure(String phase, Exception cause) {
            super(String.valueOf(cause.getMessage()), cause);
            this.phase = phase;
        }
    }

    /** By JSch's own word: it has no class for it. */
    private static boolean isTimeout(Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            String text = String.valueOf(at.getMessage());
            if (at instanceof SocketTimeoutException || text.contains("timeout") || text.contains("timed out"))
                return true;
        }
        return false;
    }

    /** Waits until the threads of closed sessions are gone, which takes them a moment. */
    private static void settle() throws InterruptedException {
        System.gc();
        int count = Thread.activeCount();
        long begin = System.nanoTime(), since = begin;
        for (long now = begin; now - begin < 300_000_000L && now - since < 20_000_000L; now = System.nanoTime()) {
            Thread.sleep(5);
            if (Thread.activeCount() != count) {
                count = Thread.activeCount();
                since = System.nanoTime();
            }
        }
    }

    /** As jstack(1) prints them. */
    private static String stacks() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
            Thread thread = entry.getKey();
            text.append('"').append(thread.getName()).append("\" #").append(thread.getId())
                    .append("\n   java.lang.Thread.State: ").append(thread.getState()).append('\n');
            for (StackTraceElement frame : entry.getValue())
                text.append("\tat ").append(frame).append('\n');
            text.append('\n');
        }
        return text.substring(0, Math.min(text.length(), 200_000)); // a line may have 256 KiB
    }

    private static void answer(Map<String, Object> asked) throws InterruptedException {
        Object id = asked.get("id");
        switch (String.valueOf(asked.get("op"))) {
        case "run":
            running.incrementAndGet();
            Thread thread = new Thread(new Task(asked), "task " + id);
            thread.setDaemon(true);
            thread.start();
            break;
        case "settle":
            settle();
            Lines.say("op", "settled", "id", id);
            break;
        case "counters":
            Lines.say("op", "counters", "id", id, "tasks", running.get());
            break;
        case "stacks":
            Lines.say("op", "stacks", "id", id, "text", stacks());
            break;
        default:
            Lines.say("op", "unsupported", "id", id);
        }
    }

    public static void main(String[] words) throws Exception {
        if (words.length > 0 && words[0].equals("--version")) {
            System.out.println(JSch.VERSION);
            return;
        }
        usesTimeout = words.length > 0 && words[0].equals("--timeout");
        // For each session JSch tries out what the machine can do: 30 ms of CPU time, in which others are late.
        for (String check : new String[] {"CheckCiphers", "CheckKexes", "CheckSignatures"})
            JSch.setConfig(check, "");
        WarmUp.everything();
        Lines.say("op", "hello", "v", 1, "name", usesTimeout ? "jsch-timeout" : "jsch", "version", JSch.VERSION,
                "runtime", "Java " + System.getProperty("java.version"), "ops",
                new String[] {"run", "settle", "counters", "stacks", "bye"}, "auth",
                new String[] {"publickey", "password"}, "phases", new String[] {}, "counters",
                new String[] {"tasks"});
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = input.readLine()) != null;) {
            Map<String, Object> asked = Lines.read(line);
            if ("bye".equals(asked.get("op")))
                break;
            answer(asked);
        }
        Runtime.getRuntime().halt(0); // whatever the tasks do
    }
}
