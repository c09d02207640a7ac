package org.elasticsearch.node;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.health.ClusterHealthStatus;
import org.elasticsearch.cluster.health.ClusterStateHealth;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.gateway.GatewayService;
import org.elasticsearch.http.HttpServerTransport;
import org.elasticsearch.plugins.ClassPathPluginsService;
import org.elasticsearch.plugins.PluginsService;
import org.elasticsearch.transport.netty4.Netty4Plugin;

/**
 * Runs one Elasticsearch node on loopback from the published jars, for tests.
 *
 * <p>Prints {@code listening on 127.0.0.1:PORT} once HTTP accepts and the data of an earlier run is available again,
 * then runs until SIGTERM or SIGINT. Exits with 2 for a wrong command line and with 1 if the node does not start.
 *
 * <p>It sits in the server's package because {@link NodeConstruction} and {@link NodeServiceProvider}, the only way
 * to give a node plugins from the class path, are visible only there.
 */
public final class EspcapTestNode extends Node {

    private static final long CLOSE_SECONDS = 10;
    private static final long RECOVERY_SECONDS = 30;

    private EspcapTestNode(Environment environment) {
        super(NodeConstruction.prepareConstruction(environment, new Services(), true));
    }

    public static void main(String[] args) {
        Arguments arguments;
        try {
            arguments = Arguments.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(Arguments.USAGE);
            System.exit(2);
            return;
        }
        // Before any class of the server is used: each keeps the logger it gets at first.
        LogConfigurator.configureESLogging();
        try {
            EspcapTestNode node = new EspcapTestNode(environment(arguments));
            Runtime.getRuntime().addShutdownHook(new Thread(node::closeQuietly, "close-node"));
            node.start();
            node.awaitRecovery();
            System.out.println("listening on 127.0.0.1:" + node.httpPort());
            // The server's threads are daemons, so this one has to stay. A signal ends the process through the hook.
            new CountDownLatch(1).await();
        } catch (Throwable e) {
            e.printStackTrace();
            // The reasons last, on one line each, so that they end the log.
            System.err.println("cannot start the Elasticsearch test node:");
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                System.err.println("  " + cause.getClass().getSimpleName() + ": " + cause.getMessage());
            }
            System.exit(1);
        }
    }

    private static Environment environment(Arguments arguments) throws IOException {
        Files.createDirectories(arguments.home());
        Settings settings = Settings.builder()
            .put("node.name", "espcap-test")
            .put("cluster.name", "espcap-test")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("transport.port", "0")
            // A nearly full disk of the machine would otherwise make every index read-only.
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            // Memory maps need a kernel limit (vm.max_map_count) that test machines seldom have.
            .put("node.store.allow_mmap", false)
            .put(arguments.extra())
            .put("path.home", arguments.home().toString())
            .put("http.port", arguments.port())
            .build();
        return InternalSettingsPreparer.prepareEnvironment(
            settings, Map.of(), null, () -> settings.get("node.name"));
    }

    /**
     * Waits until the primary shards of an earlier run are allocated. HTTP accepts a little before that, and would
     * answer 503 to a search. Gives up silently: a node whose shards cannot be recovered is still one to look at.
     */
    private void awaitRecovery() throws InterruptedException {
        ClusterService clusterService = injector().getInstance(ClusterService.class);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(RECOVERY_SECONDS);
        while (isRecovered(clusterService.state()) == false && System.nanoTime() - deadline < 0) {
            Thread.sleep(20);
        }
    }

    private static boolean isRecovered(ClusterState state) {
        return state.blocks().hasGlobalBlock(GatewayService.STATE_NOT_RECOVERED_BLOCK) == false
            && new ClusterStateHealth(state).getStatus() != ClusterHealthStatus.RED;
    }

    private int httpPort() {
        return injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress().getPort();
    }

    private void closeQuietly() {
        try {
            prepareForClose();
            close();
            if (awaitClose(CLOSE_SECONDS, TimeUnit.SECONDS) == false) {
                System.err.println("the node did not close within " + CLOSE_SECONDS + " s");
            }
        } catch (Exception e) {
            e.printStackTrace();
        }
    }

    /** The node's parts, all as usual but for the plugins. */
    private static final class Services extends NodeServiceProvider {
        @Override
        PluginsService newPluginService(Environment environment, Settings settings) {
            return new ClassPathPluginsService(
                settings, environment.configFile(), List.of(new Netty4Plugin(), new RootPlugin()));
        }
    }
}
