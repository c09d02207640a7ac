// SPDX-License-Identifier: GPL-2.0-or-later
package espcap.tests.opensearch;

import java.lang.reflect.Constructor;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.opensearch.Version;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/**
 * The plugins that are on the class path, as a node's constructor asks for them: by their classes, or, in later
 * versions, by descriptions of classes that have got other names.
 */
final class ClassPathPlugins {

    private static final List<String> NAMES = List.of(
        "org.opensearch.transport.Netty4", "org.opensearch.index.mapper.MapperExtras",
        "org.opensearch.index.reindex.Reindex", "org.opensearch.painless.Painless");

    private ClassPathPlugins() {}

    /** Without the type of its elements: it differs. */
    @SuppressWarnings({"rawtypes", "unchecked"})
    static Collection all() {
        Collection plugins = new ArrayList<>();
        boolean described = areDescribed();
        for (String name : NAMES) {
            Class<?> plugin = find(name);
            plugins.add(described ? describe(plugin.getName()) : plugin);
        }
        return plugins;
    }

    private static boolean areDescribed() {
        for (Constructor<?> constructor : Node.class.getDeclaredConstructors()) {
            for (Type parameter : constructor.getGenericParameterTypes()) {
                if (parameter.getTypeName().contains(PluginInfo.class.getName())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Class<?> find(String name) {
        for (String className : List.of(name + "Plugin", name + "ModulePlugin")) {
            try {
                return Class.forName(className);
            } catch (ClassNotFoundException e) {
                // The other name, then.
            }
        }
        throw new IllegalStateException("no plugin " + name + " in OpenSearch " + Version.CURRENT);
    }

    private static PluginInfo describe(String className) {
        return new PluginInfo(
            className, "from the class path", "NA", Version.CURRENT, "21", className, null, List.of(), false);
    }
}
