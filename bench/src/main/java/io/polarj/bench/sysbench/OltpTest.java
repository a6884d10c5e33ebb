// The eight tests and what one transaction of each consists of.
package io.polarj.bench.sysbench;

import java.sql.SQLException;

/** A test of sysbench's OLTP set. */
enum OltpTest {
  OLTP_POINT_SELECT {
    @Override
    void transaction(Client client) throws SQLException {
      client.point(client.anyTable());
    }
  },
  OLTP_READ_ONLY {
    @Override
    void transaction(Client client) throws SQLException {
      client.begin();
      reads(client);
      client.commit();
    }
  },
  OLTP_READ_WRITE {
    @Override
    void transaction(Client client) throws SQLException {
      client.begin();
      reads(client);
      writes(client);
      client.commit();
    }
  },
  OLTP_WRITE_ONLY {
    @Override
    void transaction(Client client) throws SQLException {
      client.begin();
      writes(client);
      client.commit();
    }
  },
  OLTP_UPDATE_INDEX {
    @Override
    void transaction(Client client) throws SQLException {
      client.updateIndexed(client.anyTable());
    }
  },
  OLTP_UPDATE_NON_INDEX {
    @Override
    void transaction(Client client) throws SQLException {
      client.updateNotIndexed(client.anyTable());
    }
  },
  OLTP_INSERT {
    @Override
    void transaction(Client client) throws SQLException {
      client.insertText(client.anyTable());
    }
  },
  OLTP_DELETE {
    @Override
    void transaction(Client client) throws SQLException {
      client.delete(client.anyTable(), client.anyId());
    }
  };

  private static final int POINT_SELECTS = 10;

  abstract void transaction(Client client) throws SQLException;

  /** Ten point selects in one table, then each kind of range in a table of its own drawing. */
  private static void reads(Client client) throws SQLException {
    int table = client.anyTable();
    for (int i = 0; i < POINT_SELECTS; i++) {
      client.point(table);
    }
    client.range(SqlOf.SIMPLE_RANGE, client.anyTable());
    client.range(SqlOf.SUM_RANGE, client.anyTable());
    client.range(SqlOf.ORDER_RANGE, client.anyTable());
    client.range(SqlOf.DISTINCT_RANGE, client.anyTable());
  }

  private static void writes(Client client) throws SQLException {
    client.updateIndexed(client.anyTable());
    client.updateNotIndexed(client.anyTable());
    int table = client.anyTable();
    int id = client.anyId();
    client.delete(table, id);
    client.insert(table, id);
  }
}
