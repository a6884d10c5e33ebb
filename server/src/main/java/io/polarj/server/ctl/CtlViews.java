package io.polarj.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.polarj.server.config.ByteSize;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the admin API answers, as text for people. */
final class CtlViews {
  private CtlViews() {}

  static String cluster(JsonNode c) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "nodes   %d up, %d suspect, %d lost%n"
                + "chunks  %d: %d healthy, %d degraded, %d under-replicated, %d unavailable%n"
                + "plans   %d open of at most %d at work; %d replicas wait to be moved%n",
            c.path("up").asInt(),
            c.path("suspect").asInt(),
            c.path("lost").asInt(),
            c.path("chunks").asInt(),
            c.path("healthy").asInt(),
            c.path("degraded").asInt(),
            c.path("underReplicated").asInt(),
            c.path("unavailable").asInt(),
            c.path("openPlans").asInt(),
            c.path("mostMoves").asInt(),
            c.path("waiting").asInt()));
    if (c.path("leftovers").asInt() > 0) {
      text.append(c.path("leftovers").asInt()).append(" old replicas are to be deleted\n");
    }
    if (!c.path("message").asText("").isEmpty()) {
      text.append("! ").append(c.path("message").asText()).append('\n');
    }
    return text.toString();
  }

  static String nodes(JsonNode nodes) {
    TextTable table =
        new TextTable(
            "NODE",
            "STATE",
            "ADMIN",
            "DOMAIN",
            "ADDRESS",
            "DISK",
            "FREE",
            "OF",
            "REPLICAS",
            "LEADS",
            "READS/S",
            "WRITES/S",
            "DRAINED");
    for (JsonNode n : nodes) {
      int total = n.path("drainTotal").asInt();
      int left = n.path("replicas").asInt();
      boolean draining = n.path("admin").asText().equals("DRAINING");
      table.row(
          n.path("node").asInt(),
          n.path("state").asText(),
          n.path("admin").asText(),
          n.path("failureDomain").asText(),
          n.path("address").asText(),
          n.path("disk").asText(),
          ByteSize.format(n.path("freeBytes").asLong()),
          ByteSize.format(n.path("totalBytes").asLong()),
          left,
          n.path("leads").asInt(),
          rate(n.path("io").path("readsPerSecond")),
          rate(n.path("io").path("writesPerSecond")),
          draining ? TextTable.bar(drained(total, left)) : "");
    }
    return table.toString();
  }

  static int drained(int total, int left) {
    return total == 0 ? (left == 0 ? 100 : 0) : Math.max(0, 100 * (total - left) / total);
  }

  static String snapshots(JsonNode snapshots) {
    TextTable table =
        new TextTable("NUMBER", "NAME", "STATE", "CHUNKS LEFT", "SIZE", "TAKEN", "CLONES");
    for (JsonNode s : snapshots) {
      table.row(
          s.path("number").asInt(),
          s.path("name").asText(),
          s.path("state").asText(),
          s.path("chunksLeft").asInt(),
          ByteSize.format(s.path("sizeBytes").asLong()),
          Instant.ofEpochMilli(s.path("createdMillis").asLong()).toString(),
          s.path("clones").asText());
    }
    return table.toString();
  }

  static String volumes(JsonNode volumes) {
    TextTable table =
        new TextTable(
            "ID",
            "NAME",
            "SIZE",
            "WRITTEN",
            "CHUNKS",
            "HEALTHY",
            "DEGRADED",
            "UNDER",
            "UNAVAIL",
            "EPOCH",
            "WRITER",
            "READS/S",
            "READ US",
            "WRITES/S",
            "WRITE US");
    for (JsonNode v : volumes) {
      JsonNode io = v.path("io");
      table.row(
          v.path("id").asLong(),
          v.path("name").asText(),
          ByteSize.format(v.path("sizeBytes").asLong()),
          ByteSize.format(v.path("allocatedBytes").asLong()),
          v.path("chunks").asInt(),
          v.path("healthy").asInt(),
          v.path("degraded").asInt(),
          v.path("underReplicated").asInt(),
          v.path("unavailable").asInt(),
          v.path("epoch").asLong(),
          v.path("writer").asText(),
          rate(io.path("readsPerSecond")),
          rate(io.path("readLatencyMicros")),
          rate(io.path("writesPerSecond")),
          rate(io.path("writeLatencyMicros")));
    }
    return table.toString();
  }

  static String chunks(JsonNode chunks) {
    TextTable table =
        new TextTable(
            "CHUNK", "STATE", "LEADER", "TERM", "EPOCH", "REPLICAS", "PLAN", "READS/S", "WRITES/S");
    for (JsonNode c : chunks) {
      List<String> replicas = new ArrayList<>();
      for (JsonNode r : c.path("replicas")) {
        String mark =
            r.path("lost").asBoolean()
                ? "(lost)"
                : r.path("nodeState").asText().equals("UP") ? "" : "(silent)";
        String learner = r.path("role").asText().equals("LEARNER") ? "(learner)" : mark;
        String damaged = r.path("damagedSectors").asLong() > 0 ? "(damaged)" : "";
        replicas.add(r.path("node").asInt() + learner + damaged);
      }
      long plan = c.path("plan").asLong();
      table.row(
          c.path("chunk").asText(),
          c.path("state").asText(),
          c.path("leader").asInt() == 0 ? "none" : c.path("leader").asText(),
          c.path("term").asLong(),
          c.path("epoch").asLong(),
          String.join(" ", replicas),
          plan == 0 ? "" : plan,
          rate(c.path("io").path("readsPerSecond")),
          rate(c.path("io").path("writesPerSecond")));
    }
    return table.toString();
  }

  static String plans(JsonNode plans) {
    if (plans.isEmpty()) {
      return "no plans\n";
    }
    TextTable table =
        new TextTable("PLAN", "CHUNK", "KIND", "FROM", "TO", "STATE", "PROGRESS", "STEP");
    for (JsonNode p : plans) {
      String step = p.path("step").asText();
      String message = p.path("message").asText();
      if (p.path("refusals").asInt() > 0) {
        step +=
            "; refused "
                + p.path("refusals").asInt()
                + " times, again in "
                + p.path("retryMillis").asLong() / 1000
                + " s: "
                + message;
      } else if (step.isEmpty()) {
        step = message;
      }
      table.row(
          p.path("id").asLong(),
          p.path("chunk").asText(),
          p.path("kind").asText(),
          p.path("from").asInt() == 0 ? "" : p.path("from").asText(),
          p.path("to").asInt() == 0 ? "" : p.path("to").asText(),
          p.path("state").asText(),
          TextTable.bar(p.path("percent").asInt()),
          step);
    }
    return table.toString();
  }

  static String recovery(JsonNode recovery) {
    StringBuilder text = new StringBuilder();
    TextTable table =
        new TextTable("ID", "NAME", "SIZE", "CHUNK SIZE", "CHUNKS", "REPLICAS", "EPOCH", "RESULT");
    boolean applied = recovery.path("applied").asBoolean();
    for (JsonNode v : recovery.path("volumes")) {
      String result = applied ? "rebuilt" : "can be rebuilt";
      table.row(
          v.path("id").asLong(),
          v.path("name").asText(),
          ByteSize.format(v.path("sizeBytes").asLong()),
          ByteSize.format(v.path("chunkBytes").asLong()),
          v.path("chunks").asInt(),
          v.path("replicas").asInt(),
          v.path("epoch").asLong(),
          v.path("possible").asBoolean() ? result : "in doubt");
    }
    if (recovery.path("volumes").isEmpty()) {
      text.append("every chunk that the ChunkServers report belongs to a known volume\n");
    } else {
      text.append(table);
    }
    recovery.path("problems").forEach(p -> text.append("! ").append(p.asText()).append('\n'));
    return text.toString();
  }

  private static String rate(JsonNode value) {
    double number = value.asDouble();
    return number >= 100
        ? String.valueOf(Math.round(number))
        : String.format(Locale.ROOT, "%.1f", number);
  }
}
