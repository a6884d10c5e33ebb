package io.polarj.sim.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Breadth-first search through everything that rules allow, up to a violation or the end. States
 * that differ only in the names of replicas and addresses count once. The first violation found is
 * a shortest one.
 */
public final class ModelCheck {
  private final ModelRules rules;
  private final Bounds bounds;
  private final StateSet states = new StateSet();
  private final ModelState current = new ModelState();
  private final ModelState canonical = new ModelState();
  private int number;
  private String violation;

  private ModelCheck(ModelRules rules, Bounds bounds) {
    this.rules = rules;
    this.bounds = bounds;
  }

  /**
   * How far a search goes.
   *
   * @param elections how many there may be, 1 to 3
   * @param led whether it begins with a leader of a term 0 that all take part in: one term more,
   *     without the steps of its election
   * @param states after so many it is given up
   */
  public record Bounds(int elections, boolean led, int states) {
    public static final Bounds THREE_TERMS = new Bounds(3, false, 50_000_000);
    public static final Bounds FOUR_TERMS = new Bounds(3, true, 50_000_000);
  }

  /**
   * How a search ended.
   *
   * @param complete whether every reachable state was seen
   * @param depth steps of the longest shortest way, or of the violation's
   * @param history the steps that lead to the violation
   */
  public record Result(
      long states, boolean complete, int depth, String violation, List<String> history) {
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      text.append(violation == null ? "safe" : violation);
      text.append(": ").append(states).append(" states, ").append(depth).append(" steps");
      text.append(complete || violation != null ? "" : ", NOT COMPLETE");
      for (int i = 0; i < history.size(); i++) {
        text.append("\n  %2d ".formatted(i + 1)).append(history.get(i));
      }
      return text.toString();
    }
  }

  /** The rules as published. */
  public static Result published(Bounds bounds) {
    return new ModelCheck(new PublishedRules(bounds.elections()), bounds).search();
  }

  /** The rules as built. */
  public static Result corrected(Bounds bounds) {
    return corrected(bounds, Set.of());
  }

  static Result corrected(Bounds bounds, Set<Omission> omissions) {
    return new ModelCheck(new CorrectedRules(bounds.elections(), omissions), bounds).search();
  }

  private Result search() {
    canonical.set(ModelState.initial(bounds.led()));
    canonical.canonicalize();
    states.add(canonical, -1);
    for (number = 0; number < states.size() && violation == null; number++) {
      if (states.size() > bounds.states()) {
        return new Result(states.size(), false, depth(number), null, List.of());
      }
      states.load(number, current);
      rules.successors(current, this::visit);
    }
    if (violation == null) {
      return new Result(states.size(), true, depth(states.size() - 1), null, List.of());
    }
    List<String> history = history(number - 1);
    return new Result(states.size(), false, history.size(), violation, history);
  }

  private void visit(ModelState after, Supplier<String> what, String broken) {
    if (violation != null) {
      return;
    }
    if (broken != null) {
      violation = broken;
      return;
    }
    canonical.set(after);
    canonical.canonicalize();
    states.add(canonical, number);
  }

  private int depth(int from) {
    int depth = 0;
    for (int at = states.parent(from); at >= 0; at = states.parent(at)) {
      depth++;
    }
    return depth;
  }

  /** Walks from the beginning with the replicas' names as they are there. */
  private List<String> history(int last) {
    List<Integer> path = new ArrayList<>();
    for (int at = last; at >= 0; at = states.parent(at)) {
      path.addFirst(at);
    }
    List<String> history = new ArrayList<>();
    ModelState state = ModelState.initial(bounds.led());
    for (int number : path.subList(1, path.size())) {
      ModelState wanted = new ModelState();
      states.load(number, wanted);
      ModelState next = new ModelState();
      boolean[] found = new boolean[1];
      rules.successors(
          state,
          (after, what, broken) -> {
            canonical.set(after);
            canonical.canonicalize();
            if (!found[0] && broken == null && canonical.matches(wanted)) {
              found[0] = true;
              next.set(after);
              history.add(line(what, after));
            }
          });
      state.set(next);
    }
    boolean[] found = new boolean[1];
    rules.successors(
        state,
        (after, what, broken) -> {
          if (!found[0] && broken != null) {
            found[0] = true;
            history.add(line(what, after));
          }
        });
    return history;
  }

  private static String line(Supplier<String> what, ModelState after) {
    return "%-52s %s".formatted(what.get(), after);
  }

  /** Runs both rule sets and every omission, with three terms and, given {@code 4}, with four. */
  public static void main(String[] arguments) {
    boolean four = arguments.length > 0 && arguments[0].equals("4");
    Bounds bounds = four ? Bounds.FOUR_TERMS : Bounds.THREE_TERMS;
    System.out.println("as published: " + published(bounds));
    System.out.println("as built: " + corrected(bounds));
    for (Omission omission : Omission.values()) {
      System.out.println(
          "as built without " + omission + ": " + corrected(bounds, Set.of(omission)));
    }
  }
}
