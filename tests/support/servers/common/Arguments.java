// SPDX-License-Identifier: GPL-2.0-or-later
package espcap.tests;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The command line of both servers: {@code --home DIR --port N [-E key=value]...}. */
public record Arguments(Path home, int port, Map<String, String> extra) {

    public static final String USAGE = "usage: EspcapTestNode --home DIR --port N [-E key=value]...";

    /** Throws IllegalArgumentException, with a message for the user, if the command line is not understood. */
    public static Arguments parse(String[] args) {
        Path home = null;
        int port = -1;
        Map<String, String> extra = new LinkedHashMap<>();
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
        return new Arguments(home, port, Collections.unmodifiableMap(extra));
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

    private static void putSetting(Map<String, String> settings, String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("-E needs key=value, not: " + assignment);
        }
        settings.put(assignment.substring(0, equals), assignment.substring(equals + 1));
    }

    /**
     * The settings of a node: a node of its own on loopback, then those of the command line, then what they can't
     * change.
     */
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("node.name", "espcap-test");
        settings.put("cluster.name", "espcap-test");
        settings.put("discovery.type", "single-node");
        settings.put("network.host", "127.0.0.1");
        settings.put("transport.port", "0");
        // A nearly full disk of the machine would otherwise make every index read-only.
        settings.put("cluster.routing.allocation.disk.threshold_enabled", "false");
        // Memory maps need a kernel limit (vm.max_map_count) that test machines seldom have.
        settings.put("node.store.allow_mmap", "false");
        settings.putAll(extra);
        settings.put("path.home", home.toString());
        settings.put("http.port", Integer.toString(port));
        return settings;
    }
}
