// SPDX-License-Identifier: GPL-2.0-or-later
package espcap.tests;

import java.nio.file.Files;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What starting a node has in common, whichever server it is.
 *
 * <p>Prints {@code listening on 127.0.0.1:PORT} once HTTP accepts and the data of an earlier run is available again,
 * then runs until SIGTERM or SIGINT. Exits with 2 for a wrong command line and with 1 if the node does not start.
 */
public final class Launcher {

    private static final long CLOSE_SECONDS = 10;
    private static final long RECOVERY_SECONDS = 30;

    /** A server's node, as far as the launcher needs it. */
    public interface TestNode {
        void startNode() throws Exception;

        boolean isRecovered();

        int httpPort();

        /** Returns false if it is still open after this many seconds. */
        boolean closeNode(long seconds) throws Exception;
    }

    /** Makes a node that isn't started yet. */
    public interface Maker {
        TestNode make(Arguments arguments) throws Exception;
    }

    private Launcher() {}

    public static void run(String[] args, Maker maker) {
        Arguments arguments;
        try {
            arguments = Arguments.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(Arguments.USAGE);
            System.exit(2);
            return;
        }
        try {
            Files.createDirectories(arguments.home());
            TestNode node = maker.make(arguments);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> closeQuietly(node), "close-node"));
            node.startNode();
            awaitRecovery(node::isRecovered);
            System.out.println("listening on 127.0.0.1:" + node.httpPort());
            // The server's threads are daemons, so this one has to stay. A signal ends the process through the hook.
            new CountDownLatch(1).await();
        } catch (Throwable e) {
            e.printStackTrace();
            // The reasons last, on one line each, so that they end the log.
            System.err.println("cannot start the test node:");
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                System.err.println("  " + cause.getClass().getSimpleName() + ": " + cause.getMessage());
            }
            System.exit(1);
        }
    }

    /**
     * Waits until the primary shards of an earlier run are allocated. HTTP accepts a little before that, and would
     * answer 503 to a search. Gives up silently: a node whose shards cannot be recovered is still one to look at.
     */
    private static void awaitRecovery(BooleanSupplier isRecovered) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(RECOVERY_SECONDS);
        while (isRecovered.getAsBoolean() == false && System.nanoTime() - deadline < 0) {
            Thread.sleep(20);
        }
    }

    private static void closeQuietly(TestNode node) {
        try {
            if (node.closeNode(CLOSE_SECONDS) == false) {
                System.err.println("the node did not close within " + CLOSE_SECONDS + " s");
            }
        } catch (Exception e) {
            e.printStackTrace();
        }
    }
}
