package io.polarj.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.polarj.server.config.StartException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** PolarCtrl's admin API as the tools use it; every failure is one sentence for the user. */
public final class CtlClient implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(3))
          .build();
  private final String base;

  /** {@code base} is HOST:PORT. */
  public CtlClient(String base) {
    this.base = "http://" + base;
  }

  public JsonNode get(String path) {
    return json(HttpRequest.newBuilder(uri(path)).GET());
  }

  String text(String path) {
    return send(HttpRequest.newBuilder(uri(path)).GET()).body();
  }

  JsonNode post(String path, Object body) {
    try {
      String text = JSON.writeValueAsString(body);
      return json(
          HttpRequest.newBuilder(uri(path))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(text)));
    } catch (IOException e) {
      throw new StartException("can't write the request: " + e.getMessage(), e);
    }
  }

  private URI uri(String path) {
    try {
      return URI.create(base + path);
    } catch (IllegalArgumentException e) {
      throw new StartException("'" + base + "' is not HOST:PORT: " + e.getMessage(), e);
    }
  }

  private JsonNode json(HttpRequest.Builder request) {
    HttpResponse<String> response = send(request);
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new StartException(base + " does not answer like a PolarCtrl: " + e.getMessage(), e);
    }
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    HttpResponse<String> response;
    try {
      response = http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new StartException(
          "polarctrl can't be reached at "
              + base
              + " ("
              + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())
              + "); reads and writes go on without it. Is the cluster up, and its setting"
              + " ctrl.http.host not off? Give another address with --ctrl HOST:PORT",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted", e);
    }
    if (response.statusCode() != 200) {
      throw new StartException(error(response));
    }
    return response;
  }

  private String error(HttpResponse<String> response) {
    try {
      String error = JSON.readTree(response.body()).path("error").asText("");
      if (!error.isEmpty()) {
        return error;
      }
    } catch (IOException e) {
      return base + " answers HTTP " + response.statusCode() + ", not as a PolarCtrl does";
    }
    return base + " answers HTTP " + response.statusCode();
  }

  @Override
  public void close() {
    http.close();
  }
}
