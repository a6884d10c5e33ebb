// The glob and regex syntaxes of FileSystem.getPathMatcher.
package io.polarj.pfs.nio;

import java.nio.file.PathMatcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

final class PathPatterns {
  private static final String NEEDS_ESCAPE = "\\.[]{}()<>*+-=!?^$|";

  private final String glob;
  private final StringBuilder regex = new StringBuilder();
  private int at;
  private boolean inGroup;

  private PathPatterns(String glob) {
    this.glob = glob;
  }

  static PathMatcher matcher(String syntaxAndPattern) {
    int colon = syntaxAndPattern.indexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException("syntax:pattern expected, not " + syntaxAndPattern);
    }
    String syntax = syntaxAndPattern.substring(0, colon);
    String text = syntaxAndPattern.substring(colon + 1);
    Pattern pattern;
    if (syntax.equalsIgnoreCase("glob")) {
      pattern = Pattern.compile(new PathPatterns(text).translate());
    } else if (syntax.equalsIgnoreCase("regex")) {
      pattern = Pattern.compile(text);
    } else {
      throw new UnsupportedOperationException("Syntax '" + syntax + "' not recognized");
    }
    return path -> pattern.matcher(path.toString()).matches();
  }

  private PatternSyntaxException wrong(String why) {
    return new PatternSyntaxException(why, glob, Math.max(0, at - 1));
  }

  private String translate() {
    while (at < glob.length()) {
      char c = glob.charAt(at++);
      switch (c) {
        case '\\' -> {
          if (at == glob.length()) {
            throw wrong("No character to escape");
          }
          literal(glob.charAt(at++));
        }
        case '*' -> {
          if (at < glob.length() && glob.charAt(at) == '*') {
            at++;
            regex.append(".*");
          } else {
            regex.append("[^/]*");
          }
        }
        case '?' -> regex.append("[^/]");
        case '[' -> bracket();
        case '{' -> {
          if (inGroup) {
            throw wrong("Cannot nest groups");
          }
          inGroup = true;
          regex.append("(?:(?:");
        }
        case '}' -> {
          regex.append(inGroup ? "))" : "\\}");
          inGroup = false;
        }
        case ',' -> regex.append(inGroup ? ")|(?:" : ",");
        default -> literal(c);
      }
    }
    if (inGroup) {
      throw wrong("Missing '}");
    }
    return regex.toString();
  }

  private void bracket() {
    int end = glob.indexOf(']', at + 1);
    if (end < 0) {
      throw wrong("Missing ']");
    }
    String body = glob.substring(at, end);
    if (body.indexOf('/') >= 0) {
      throw wrong("Explicit 'name separator' in class");
    }
    boolean negated = body.startsWith("!");
    regex.append("[[^/]&&[").append(negated ? "^" : "");
    for (char c : body.substring(negated ? 1 : 0).toCharArray()) {
      if ("\\[]&^".indexOf(c) >= 0) {
        regex.append('\\');
      }
      regex.append(c);
    }
    regex.append("]]");
    at = end + 1;
  }

  private void literal(char c) {
    if (NEEDS_ESCAPE.indexOf(c) >= 0) {
      regex.append('\\');
    }
    regex.append(c);
  }
}
