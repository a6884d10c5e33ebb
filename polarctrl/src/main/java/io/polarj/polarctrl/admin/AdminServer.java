package io.polarj.polarctrl.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.polarj.polarctrl.protocol.CtrlStatus;
import io.polarj.polarctrl.server.PolarCtrlServer;
import io.polarj.polarctrl.state.Operator;
import io.polarj.polarctrl.state.RefusedException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP server of the admin API; polarctrl/README.md lists what it answers. GET never changes
 * anything; POST wants {@code Content-Type: application/json}, which a foreign web page can not
 * send unasked. There is no authentication: it listens where only operators are let in.
 */
public final class AdminServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
  private static final int MOST_BODY_BYTES = 64 << 10;
  private static final int BACKLOG = 16;
  private static final long ANSWER_SECONDS = 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What goes back; {@code text} is sent as it is, {@code json} is written out. */
  private record Answer(int code, String type, byte[] body) {
    static Answer json(int code, Object value) throws IOException {
      return new Answer(code, "application/json", JSON.writeValueAsBytes(value));
    }
  }

  private final PolarCtrlServer ctrl;
  private final HttpServer http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CtrlMetrics metrics = new CtrlMetrics();
  private final ReentrantLock scraping = new ReentrantLock();

  private AdminServer(PolarCtrlServer ctrl, HttpServer http) {
    this.ctrl = ctrl;
    this.http = http;
  }

  /** Listens at that address; port 0 chooses one. */
  public static AdminServer start(PolarCtrlServer ctrl, InetSocketAddress address)
      throws IOException {
    HttpServer http = HttpServer.create(address, BACKLOG);
    AdminServer server = new AdminServer(ctrl, http);
    http.setExecutor(server.threads);
    http.createContext("/", server::serve);
    http.start();
    return server;
  }

  public InetSocketAddress address() {
    return http.getAddress();
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
    metrics.close();
  }

  private void serve(HttpExchange exchange) throws IOException {
    Answer answer;
    try {
      answer = answer(exchange);
    } catch (RefusedException e) {
      answer = error(code(e.status()), e.status(), e.getMessage());
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} {} failed", exchange.getRequestMethod(), exchange.getRequestURI(), e);
      answer = error(500, CtrlStatus.ERROR, String.valueOf(e.getMessage()));
    }
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", answer.type());
      exchange.sendResponseHeaders(answer.code(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    }
  }

  private Answer answer(HttpExchange exchange) throws IOException {
    String[] path = exchange.getRequestURI().getPath().substring(1).split("/");
    return switch (exchange.getRequestMethod()) {
      case "GET" -> get(path, query(exchange.getRequestURI().getQuery()));
      case "POST" -> {
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type == null || !type.startsWith("application/json")) {
          yield error(415, CtrlStatus.INVALID, "send Content-Type: application/json");
        }
        yield post(path, body(exchange));
      }
      default -> error(405, CtrlStatus.INVALID, "use GET to look and POST to change");
    };
  }

  private Answer get(String[] path, Map<String, String> query) throws IOException {
    if (path.length == 4 && path[1].equals("volumes") && path[3].equals("snapshots")) {
      return json(operator -> operator.snapshots(path[2]));
    }
    String what = path.length == 2 && path[0].equals("v1") ? path[1] : String.join("/", path);
    return switch (what) {
      case "cluster" -> json(Operator::cluster);
      case "nodes" -> json(Operator::nodes);
      case "volumes" -> json(Operator::volumes);
      case "chunks" -> {
        String volume = query.getOrDefault("volume", "");
        yield json(operator -> operator.chunks(volume));
      }
      case "plans" -> {
        boolean all = query.getOrDefault("all", "false").equals("true");
        yield json(operator -> operator.plans(all));
      }
      case "recovery" -> json(operator -> operator.recover(false, Map.of()));
      case "metrics" ->
          new Answer(
              200,
              "text/plain; version=0.0.4; charset=utf-8",
              scrape().getBytes(StandardCharsets.UTF_8));
      default -> error(404, CtrlStatus.NOT_FOUND, "there is no /" + String.join("/", path));
    };
  }

  private Answer post(String[] path, JsonNode body) throws IOException {
    String what = path.length > 1 && path[0].equals("v1") ? path[1] : "";
    if (what.equals("nodes") && path.length == 4) {
      int node = (int) number(path[2]);
      boolean force = body.path("force").asBoolean(false);
      return switch (path[3]) {
        case "decommission" -> done(operator -> operator.decommission(node));
        case "recommission" -> done(operator -> operator.recommission(node));
        case "lost" -> done(operator -> operator.lost(node, force));
        default -> error(404, CtrlStatus.NOT_FOUND, "nodes can not be told to " + path[3]);
      };
    }
    if (what.equals("volumes") && path.length >= 4 && path[3].equals("snapshots")) {
      return postSnapshots(path, body.path("name").asText(""));
    }
    if (what.equals("plans") && path.length == 2) {
      String chunk = body.path("chunk").asText("");
      int from = body.path("from").asInt(0);
      int to = body.path("to").asInt(0);
      return json(operator -> operator.move(chunk, from, to));
    }
    if (what.equals("plans") && path.length == 4 && path[3].equals("cancel")) {
      long plan = number(path[2]);
      return json(operator -> operator.cancel(plan));
    }
    if (what.equals("recovery") && path.length == 2) {
      Map<Long, String> names = new TreeMap<>();
      for (Map.Entry<String, JsonNode> name : body.path("names").properties()) {
        names.put(number(name.getKey()), name.getValue().asText());
      }
      boolean apply = body.path("apply").asBoolean(false);
      return json(operator -> operator.recover(apply, names));
    }
    return error(404, CtrlStatus.NOT_FOUND, "there is no /" + String.join("/", path));
  }

  /** {@code volumes/NAME/snapshots}, or one of them and what is to be done to it. */
  private Answer postSnapshots(String[] path, String name) throws IOException {
    String volume = path[2];
    if (path.length == 4) {
      return json(operator -> operator.createSnapshot(volume, name));
    }
    if (path.length == 6) {
      int number = (int) Math.min(Integer.MAX_VALUE, number(path[4]));
      switch (path[5]) {
        case "delete" -> {
          return json(operator -> operator.deleteSnapshot(volume, number));
        }
        case "restore" -> {
          return json(operator -> operator.restoreSnapshot(volume, number));
        }
        case "clone" -> {
          return json(operator -> operator.cloneSnapshot(volume, number, name));
        }
        default -> {}
      }
    }
    return error(404, CtrlStatus.NOT_FOUND, "there is no /" + String.join("/", path));
  }

  private interface Command {
    void run(Operator operator);
  }

  private Answer done(Command command) throws IOException {
    return json(operator -> {
      command.run(operator);
      return operator.nodes();
    });
  }

  private Answer json(Function<Operator, ?> question) throws IOException {
    return Answer.json(200, await(question));
  }

  private <T> T await(Function<Operator, T> question) throws IOException {
    try {
      return ctrl.ask(question).get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RefusedException refused) {
        throw refused;
      }
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("PolarCtrl is busy: no answer in " + ANSWER_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("PolarCtrl is being stopped", e);
    }
  }

  private String scrape() throws IOException {
    CtrlMetrics.Snapshot now =
        await(operator ->
            new CtrlMetrics.Snapshot(
                operator.cluster(), operator.nodes(), operator.volumes(), operator.plans(false)));
    scraping.lock();
    try {
      return metrics.scrape(now);
    } finally {
      scraping.unlock();
    }
  }

  private static JsonNode body(HttpExchange exchange) throws IOException {
    byte[] bytes = exchange.getRequestBody().readNBytes(MOST_BODY_BYTES + 1);
    if (bytes.length > MOST_BODY_BYTES) {
      throw new RefusedException(CtrlStatus.INVALID, "the body is longer than 64 KiB");
    }
    if (bytes.length == 0) {
      return JSON.createObjectNode();
    }
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      LOG.debug("body refused", e);
      throw new RefusedException(CtrlStatus.INVALID, "the body is not JSON");
    }
  }

  private static Map<String, String> query(String query) {
    Map<String, String> values = new TreeMap<>();
    for (String pair : query == null ? List.<String>of() : List.of(query.split("&"))) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        values.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return values;
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      LOG.debug("not a number: {}", text, e);
      throw new RefusedException(CtrlStatus.INVALID, "'" + text + "' is not a number");
    }
  }

  private static int code(CtrlStatus status) {
    return switch (status) {
      case NOT_FOUND -> 404;
      case INVALID -> 400;
      case ERROR, TIMED_OUT -> 500;
      default -> 409;
    };
  }

  private static Answer error(int code, CtrlStatus status, String message) throws IOException {
    return Answer.json(code, Map.of("status", status.name(), "error", message));
  }
}
