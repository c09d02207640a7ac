// SPDX-License-Identifier: GPL-2.0-or-later
package org.elasticsearch.plugins;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.elasticsearch.Build;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.jdk.ModuleQualifiedExportsService;

/**
 * Offers plugins that are on the class path, where the server's own service reads them from directories of an
 * installation, which does not exist here.
 *
 * <p>It sits in the server's package because {@link PluginsService.LoadedPlugin} is visible only there.
 */
public final class ClassPathPluginsService extends PluginsService {

    private final List<LoadedPlugin> plugins = new ArrayList<>();

    public ClassPathPluginsService(Settings settings, Path configPath, List<Plugin> instances) {
        super(settings, configPath, null, null);
        for (Plugin instance : instances) {
            plugins.add(new LoadedPlugin(describe(instance), instance));
        }
    }

    private static PluginDescriptor describe(Plugin instance) {
        String className = instance.getClass().getName();
        String version = Build.current().version();
        String javaVersion = Integer.toString(Runtime.version().feature());
        return new PluginDescriptor(
            className, "from the class path", version, version, javaVersion, className,
            null, List.of(), false, false, false, false);
    }

    @Override
    protected List<LoadedPlugin> plugins() {
        return plugins;
    }

    /** Does nothing: this exports packages of the server's named module, and on a class path there is none. */
    @Override
    protected void addServerExportsService(Map<String, List<ModuleQualifiedExportsService>> exports) {}

    /** Asks the one class loader once, where the server asks each plugin's and would find each provider repeatedly. */
    @Override
    public <T> List<? extends T> loadServiceProviders(Class<T> service) {
        List<T> providers = new ArrayList<>();
        ServiceLoader.load(service, getClass().getClassLoader()).forEach(providers::add);
        return providers;
    }
}
