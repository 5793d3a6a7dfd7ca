import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The protocol's lines: JSON objects whose values are texts, whole numbers, true, false or null. */
final class Lines {
    private static final Pattern MEMBER = Pattern
            .compile("\"((?:[^\"\\\\]|\\\\.)*+)\"\\s*:\\s*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|(-?\\d+)|true|false|null)");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u([0-9a-fA-F]{4})|(.))");

    private static final PrintStream OUT = System.out;

    static {
        System.setOut(System.err); // what anybody else prints is no line of the protocol
    }

    private Lines() {
    }

    static Map<String, Object> read(String line) {
        Map<String, Object> members = new HashMap<>();
        Matcher matcher = MEMBER.matcher(line);
        while (matcher.find()) {
            Object value = null;
            if (matcher.group(2) != null)
                value = plain(matcher.group(2));
            else if (matcher.group(3) != null)
                value = Long.valueOf(matcher.group(3));
            members.put(plain(matcher.group(1)), value);
        }
        return members;
    }

    static String text(Map<String, Object> members, String name) {
        Object value = members.get(name);
        return value instanceof String ? (String) value : null;
    }

    static long number(Map<String, Object> members, String name) {
        Object value = members.get(name);
        return value instanceof Long ? (Long) value : 0;
    }

    private static String plain(String escaped) {
        return ESCAPE.matcher(escaped).replaceAll(found -> {
            String character = found.group(1) != null ? String.valueOf((char) Integer.parseInt(found.group(1), 16))
                    : unescaped(found.group(2));
            return Matcher.quoteReplacement(character);
        });
    }

    private static String unescaped(String letter) {
        int at = "nrtbf".indexOf(letter);
        return at < 0 ? letter : "\n\r\t\b\f".substring(at, at + 1);
    }

    /** Prints a line from names and values in turn. */
    static void say(Object... members) {
        StringBuilder line = new StringBuilder("{");
        for (int i = 0; i < members.length; i += 2) {
            line.append(i > 0 ? "," : "");
            put(line, members[i]);
            line.append(':');
            put(line, members[i + 1]);
        }
        synchronized (OUT) {
            OUT.println(line.append('}'));
            OUT.flush();
            if (OUT.checkError())
                Runtime.getRuntime().halt(1); // nobody reads the results any more
        }
    }

    private static void put(StringBuilder line, Object value) {
        if (value instanceof String) {
            putText(line, (String) value);
        } else if (value instanceof Object[]) {
            String comma = "[";
            for (Object item : (Object[]) value) {
                line.append(comma);
                put(line, item);
                comma = ",";
            }
            line.append(comma.equals("[") ? "[]" : "]");
        } else {
            line.append(value);
        }
    }

    /** Whatever isn't plain ASCII is escaped: a server's words may stand here. */
    private static void putText(StringBuilder line, String text) {
        line.append('"');
        for (char letter : text.toCharArray()) {
            if (letter == '"' || letter == '\\')
                line.append('\\').append(letter);
            else if (letter < ' ' || letter > '~')
                line.append(String.format("\\u%04x", (int) letter));
            else
                line.append(letter);
        }
        line.append('"');
    }
}
