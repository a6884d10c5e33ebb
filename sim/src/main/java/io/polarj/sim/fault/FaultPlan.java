package io.polarj.sim.fault;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which of the faults that a seed draws are carried out: all, or only those of some numbers. */
public final class FaultPlan {
  public static final FaultPlan ALL = new FaultPlan(null);

  private final TreeSet<Integer> numbers;

  private FaultPlan(TreeSet<Integer> numbers) {
    this.numbers = numbers;
  }

  public static FaultPlan only(List<Integer> numbers) {
    return new FaultPlan(new TreeSet<>(numbers));
  }

  /** Reads what {@link #toString} says. */
  public static FaultPlan parse(String text) {
    if (text.equals("all")) {
      return ALL;
    }
    TreeSet<Integer> numbers = new TreeSet<>();
    for (String part : text.equals("none") ? new String[0] : text.split(",")) {
      numbers.add(Integer.parseInt(part));
    }
    return new FaultPlan(numbers);
  }

  public boolean allows(int number) {
    return numbers == null || numbers.contains(number);
  }

  @Override
  public String toString() {
    if (numbers == null) {
      return "all";
    }
    return numbers.isEmpty()
        ? "none"
        : numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
