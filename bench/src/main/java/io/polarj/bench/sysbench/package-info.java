/**
 * The OLTP tests of sysbench 1.0 over JDBC: the same tables, statements and counts per transaction,
 * so that figures can be compared with the C program's. {@link
 * io.polarj.bench.sysbench.SysbenchCommand} is the way in; {@code Load} runs client threads, each a
 * {@code Client} with a connection of its own, and {@code Report} prints what they counted.
 */
package io.polarj.bench.sysbench;
