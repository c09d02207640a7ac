package org.elasticsearch.node;

import java.nio.file.Path;
import org.elasticsearch.common.settings.Settings;

/** The command line: {@code --home DIR --port N [-E key=value]...}. */
record Arguments(Path home, int port, Settings extra) {

    static final String USAGE = "usage: EspcapTestNode --home DIR --port N [-E key=value]...";

    /** Throws IllegalArgumentException, with a message for the user, if the command line is not understood. */
    static Arguments parse(String[] args) {
        Path home = null;
        int port = -1;
        Settings.Builder extra = Settings.builder();
        for (int i = 0; i < args.length; i += 2) {
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + " needs a value");
            }
            String value = args[i + 1];
            switch (args[i]) {
                case "--home" -> home = Path.of(value).toAbsolutePath().normalize();
                case "--port" -> port = parsePort(value);
                case "-E" -> putSetting(extra, value);
                default -> throw new IllegalArgumentException("unknown argument: " + args[i]);
            }
        }
        if (home == null || port < 0) {
            throw new IllegalArgumentException("--home and --port are needed");
        }
        return new Arguments(home, port, extra.build());
    }

    private static int parsePort(String value) {
        int port;
        try {
            port = Integer.parseInt(value);
        } catch (NumberFormatException e) {
            port = -1;
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("not a port: " + value);
        }
        return port;
    }

    private static void putSetting(Settings.Builder settings, String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("-E needs key=value, not: " + assignment);
        }
        settings.put(assignment.substring(0, equals), assignment.substring(equals + 1));
    }
}
