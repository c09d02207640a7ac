// SPDX-License-Identifier: GPL-2.0-or-later
package org.elasticsearch.node;

import espcap.tests.Arguments;
import espcap.tests.Launcher;
import java.util.List;
import java.util.Map;
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
 * <p>It sits in the server's package because {@link NodeConstruction} and {@link NodeServiceProvider}, the only way
 * to give a node plugins from the class path, are visible only there.
 */
public final class EspcapTestNode extends Node implements Launcher.TestNode {

    private EspcapTestNode(Environment environment) {
        super(NodeConstruction.prepareConstruction(environment, new Services(), true));
    }

    public static void main(String[] args) {
        // Before any class of the server is used: each keeps the logger it gets at first.
        LogConfigurator.configureESLogging();
        Launcher.run(args, arguments -> new EspcapTestNode(environment(arguments)));
    }

    private static Environment environment(Arguments arguments) {
        Settings.Builder settings = Settings.builder();
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
        prepareForClose();
        close();
        return awaitClose(seconds, TimeUnit.SECONDS);
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
