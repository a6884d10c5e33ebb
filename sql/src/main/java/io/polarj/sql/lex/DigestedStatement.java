package io.polarj.sql.lex;

/**
 * A statement with its literals taken out: {@code text} has a {@code ?} for each of {@code
 * parameters} and is what plans are cached under and what is parsed. When nothing was taken out,
 * the text is the source and there are no parameters.
 */
public record DigestedStatement(StatementKind kind, String text, Object[] parameters) {
  /** The classes of the parameters, {@code Void} for NULL; a part of the plan's key. */
  public static java.util.List<Class<?>> classes(Object[] parameters) {
    Class<?>[] classes = new Class<?>[parameters.length];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = parameters[i] == null ? Void.class : parameters[i].getClass();
    }
    return java.util.List.of(classes);
  }
}
