package io.polarj.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.polarj.server.config.StartException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Prints answers, once or again and again; on a terminal the new picture replaces the old one. */
final class CtlScreen {
  private static final String CLEAR = "\u001b[H\u001b[2J";
  private final PrintStream out;
  private final boolean json;
  private final boolean terminal;

  CtlScreen(PrintStream out, boolean json) {
    this.out = out;
    this.json = json;
    this.terminal = System.console() != null && System.console().isTerminal();
  }

  void show(JsonNode answer, Function<JsonNode, String> text) {
    if (json) {
      try {
        out.println(CtlClient.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answer));
      } catch (IOException e) {
        throw new StartException("can't print the answer: " + e.getMessage(), e);
      }
    } else {
      out.print(text.apply(answer));
    }
    out.flush();
  }

  /** Shows the answer every second until it is the last one, which is returned. */
  JsonNode watch(
      Supplier<JsonNode> ask, Function<JsonNode, String> text, Predicate<JsonNode> last) {
    Shown shown = new Shown();
    return Repeat.until(
        () -> {
          JsonNode answer = ask.get();
          picture(answer, text, shown);
          return answer;
        },
        last);
  }

  private void picture(JsonNode answer, Function<JsonNode, String> text, Shown shown) {
    String now = text.apply(answer);
    if (terminal && !json) {
      out.print(CLEAR);
    }
    if (terminal || json || !now.equals(shown.text)) {
      show(answer, text);
      shown.text = now;
    }
  }

  /** What stands on the screen. */
  private static final class Shown {
    private String text = "";
  }
}
