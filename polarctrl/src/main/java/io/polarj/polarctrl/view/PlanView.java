package io.polarj.polarctrl.view;

/**
 * A plan to move, add or remove one replica of a chunk.
 *
 * @param from 0 when a replica is only added
 * @param to 0 when one is only removed
 * @param step what it is at
 * @param percent how much of the new replica is there
 * @param refusals how often in a row its step was refused
 * @param message the last refusal, or how the plan ended
 * @param retryMillis until the step is tried again, 0 when it is due
 */
public record PlanView(
    long id,
    String chunk,
    String kind,
    int from,
    int to,
    String state,
    String step,
    int percent,
    int refusals,
    String message,
    long retryMillis,
    long createdMillis,
    long endedMillis) {}
