package io.polarj.sql.protocol.auth;

/** The authentication methods that PolarJ speaks. */
public enum AuthPlugin {
  NATIVE("mysql_native_password"),
  SHA2("caching_sha2_password");

  private final String pluginName;

  AuthPlugin(String pluginName) {
    this.pluginName = pluginName;
  }

  public String pluginName() {
    return pluginName;
  }

  /** The plugin of that name, or null. */
  public static AuthPlugin named(String name) {
    for (AuthPlugin plugin : values()) {
      if (plugin.pluginName.equals(name)) {
        return plugin;
      }
    }
    return null;
  }
}
