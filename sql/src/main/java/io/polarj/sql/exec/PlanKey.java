package io.polarj.sql.exec;

import java.util.Arrays;

/**
 * What a cached plan depends on. {@code session} is {@link
 * io.polarj.sql.session.SessionContext#planKey()}; the classes are those of the parameters' values.
 */
record PlanKey(long catalogVersion, String session, String text, Class<?>[] parameterClasses) {
  private static final Class<?>[] NONE = new Class<?>[0];

  static Class<?>[] classes(Object[] parameters) {
    if (parameters.length == 0) {
      return NONE;
    }
    Class<?>[] classes = new Class<?>[parameters.length];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = parameters[i] == null ? Void.class : parameters[i].getClass();
    }
    return classes;
  }

  /** Whether the values are of these classes. */
  static boolean same(Class<?>[] classes, Object[] parameters) {
    if (classes.length != parameters.length) {
      return false;
    }
    for (int i = 0; i < classes.length; i++) {
      Class<?> given = parameters[i] == null ? Void.class : parameters[i].getClass();
      if (classes[i] != given) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PlanKey that
        && catalogVersion == that.catalogVersion
        && text.equals(that.text)
        && session.equals(that.session)
        && Arrays.equals(parameterClasses, that.parameterClasses);
  }

  @Override
  public int hashCode() {
    return text.hashCode() * 31 + Long.hashCode(catalogVersion);
  }
}
