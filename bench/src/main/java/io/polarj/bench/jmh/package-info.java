/**
 * Micro-benchmarks (JMH) of the pieces that every statement or commit passes through. They run the
 * production classes over a local directory, without network and replication; {@code polarj bench
 * jmh} runs them.
 */
package io.polarj.bench.jmh;
