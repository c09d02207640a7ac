// SPDX-License-Identifier: GPL-2.0-or-later
package espcap.tests.opensearch;

import espcap.tests.Arguments;
import espcap.tests.Launcher;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.health.ClusterHealthStatus;
import org.opensearch.cluster.health.ClusterStateHealth;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.gateway.GatewayService;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;

/** Runs one OpenSearch node on loopback from the published jars, for tests. */
public final class EspcapTestNode extends Node implements Launcher.TestNode {

    private EspcapTestNode(Environment environment) {
        super(environment, ClassPathPlugins.all(), true);
    }

    public static void main(String[] args) {
        Launcher.run(args, arguments -> new EspcapTestNode(environment(arguments)));
    }

    private static Environment environment(Arguments arguments) {
        Settings.Builder settings = Settings.builder()
            .put("http.type", "netty4")
            .put("transport.type", "netty4");
        arguments.settings().forEach(settings::put);
        return InternalSettingsPreparer.prepareEnvironment(
            settings.build(), Map.of(), null, () -> settings.get("node.name"));
    }

    @Override
    public void startNode() throws Exception {
        start();
    }

    @Override
    public boolean isRecovered() {
        ClusterState state = injector().getInstance(ClusterService.class).state();
        return state.blocks().hasGlobalBlock(GatewayService.STATE_NOT_RECOVERED_BLOCK) == false
            && new ClusterStateHealth(state).getStatus() != ClusterHealthStatus.RED;
    }

    @Override
    public int httpPort() {
        return injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress().getPort();
    }

    @Override
    public boolean closeNode(long seconds) throws Exception {
        close();
        return awaitClose(seconds, TimeUnit.SECONDS);
    }
}
