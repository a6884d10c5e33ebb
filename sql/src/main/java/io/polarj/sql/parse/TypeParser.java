package io.polarj.sql.parse;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.type.CastTypes;
import io.polarj.sql.type.Collations;
import java.util.ArrayList;
import java.util.List;

/** Types of columns. */
final class TypeParser {
  private static final int MAX_VARCHAR = 16383;
  private static final int MAX_VARBINARY = 65535;
  private final TokenStream in;

  TypeParser(TokenStream in) {
    this.in = in;
  }

  /** A column's type; its collation is null when neither charset nor collation was given. */
  record Declared(ColumnType type, boolean collationGiven, boolean serial) {}

  private static ColumnType type(TypeKind kind, int length, int scale) {
    return new ColumnType(kind, false, length, scale, Collation.BINARY, List.of());
  }

  private static ColumnType unsigned(ColumnType type) {
    return new ColumnType(
        type.kind(), true, type.length(), type.scale(), type.collation(), type.members());
  }

  static ColumnType withCollation(ColumnType type, Collation collation) {
    return new ColumnType(
        type.kind(), type.unsigned(), type.length(), type.scale(), collation, type.members());
  }

  private int length(int otherwise) {
    if (!in.acceptOperator("(")) {
      return otherwise;
    }
    int length = in.smallInteger();
    in.expectOperator(")");
    return length;
  }

  private int fraction() {
    return CastTypes.fraction(length(-1));
  }

  private ColumnType decimal() {
    int precision = -1;
    int scale = 0;
    if (in.acceptOperator("(")) {
      precision = in.smallInteger();
      scale = in.acceptOperator(",") ? in.smallInteger() : 0;
      in.expectOperator(")");
    }
    return CastTypes.decimal(precision, scale);
  }

  Declared columnType(String column) {
    String word = in.next().upper();
    if (word.equals("SERIAL")) {
      return new Declared(unsigned(type(TypeKind.BIGINT, 20, 0)), true, true);
    }
    ColumnType type = baseType(word, column);
    while (true) {
      if (in.accept("UNSIGNED") || in.accept("ZEROFILL")) {
        type = unsigned(type);
      } else if (!in.accept("SIGNED")) {
        break;
      }
    }
    return character(type);
  }

  private Declared character(ColumnType declared) {
    ColumnType type = declared;
    boolean given = false;
    boolean text = isText(type.kind());
    while (true) {
      if (in.accept("CHARSET") || in.accept("CHARACTER", "SET") || in.accept("CHAR", "SET")) {
        type = withCollation(type, Collations.ofCharset(in.nameAfterPoint()));
        given = true;
      } else if (in.accept("COLLATE")) {
        in.acceptOperator("=");
        Collation collation =
            Collations.byName(
                in.peek().kind() == io.polarj.sql.lex.TokenKind.STRING
                    ? in.string()
                    : in.nameAfterPoint());
        type = text ? withCollation(type, collation) : type;
        given = true;
      } else if (text && in.accept("BINARY")) {
        type = withCollation(type, Collation.UTF8MB4_BIN);
        given = true;
      } else if (text && in.accept("ASCII")) {
        given = false;
      } else {
        break;
      }
    }
    if (given && text && type.collation() == Collation.BINARY) {
      type = asBinary(type);
    }
    return new Declared(type, given || !text, false);
  }

  static boolean isText(TypeKind kind) {
    return switch (kind) {
      case CHAR, VARCHAR, TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT, ENUM, SET -> true;
      default -> false;
    };
  }

  private static ColumnType asBinary(ColumnType type) {
    TypeKind kind =
        switch (type.kind()) {
          case CHAR -> TypeKind.BINARY;
          case VARCHAR -> TypeKind.VARBINARY;
          case TINYTEXT -> TypeKind.TINYBLOB;
          case TEXT -> TypeKind.BLOB;
          case MEDIUMTEXT -> TypeKind.MEDIUMBLOB;
          case LONGTEXT -> TypeKind.LONGBLOB;
          default -> type.kind();
        };
    return new ColumnType(kind, false, type.length(), 0, Collation.BINARY, type.members());
  }

  private ColumnType text(TypeKind kind, int length) {
    return new ColumnType(kind, false, length, 0, Collation.UTF8MB4_0900_AI_CI, List.of());
  }

  private ColumnType baseType(String word, String column) {
    return switch (word) {
      case "BOOL", "BOOLEAN" -> type(TypeKind.TINYINT, 1, 0);
      case "TINYINT", "INT1" -> type(TypeKind.TINYINT, length(4), 0);
      case "SMALLINT", "INT2" -> type(TypeKind.SMALLINT, length(6), 0);
      case "MEDIUMINT", "INT3", "MIDDLEINT" -> type(TypeKind.MEDIUMINT, length(9), 0);
      case "INT", "INTEGER", "INT4" -> type(TypeKind.INT, length(11), 0);
      case "BIGINT", "INT8" -> type(TypeKind.BIGINT, length(20), 0);
      case "DECIMAL", "DEC", "NUMERIC", "FIXED" -> decimal();
      case "FLOAT", "FLOAT4" -> floating(TypeKind.FLOAT);
      case "DOUBLE", "REAL", "FLOAT8" -> {
        in.accept("PRECISION");
        yield floating(TypeKind.DOUBLE);
      }
      case "BIT" -> type(TypeKind.BIT, length(1), 0);
      case "YEAR" -> {
        length(4);
        yield type(TypeKind.YEAR, 4, 0);
      }
      case "DATE" -> type(TypeKind.DATE, 0, 0);
      case "TIME" -> type(TypeKind.TIME, 0, fraction());
      case "DATETIME" -> type(TypeKind.DATETIME, 0, fraction());
      case "TIMESTAMP" -> type(TypeKind.TIMESTAMP, 0, fraction());
      case "JSON" -> new ColumnType(TypeKind.JSON, false, 0, 0, Collation.UTF8MB4_BIN, List.of());
      case "CHAR", "CHARACTER", "NCHAR" ->
          in.accept("VARYING")
              ? varchar(column)
              : text(TypeKind.CHAR, limited(length(1), 255, column));
      case "VARCHAR", "VARCHARACTER", "NVARCHAR" -> varchar(column);
      case "NATIONAL" -> {
        boolean varying = in.acceptAny("VARCHAR") != null;
        if (!varying && in.acceptAny("CHAR", "CHARACTER") == null) {
          throw in.error();
        }
        yield varying || in.accept("VARYING") ? varchar(column) : text(TypeKind.CHAR, length(1));
      }
      case "TINYTEXT" -> text(TypeKind.TINYTEXT, 0);
      case "TEXT" -> text(sizedText(length(0)), 0);
      case "MEDIUMTEXT" -> text(TypeKind.MEDIUMTEXT, 0);
      case "LONGTEXT" -> text(TypeKind.LONGTEXT, 0);
      case "LONG" -> {
        boolean binary = in.accept("VARBINARY");
        if (!binary) {
          in.accept("VARCHAR");
        }
        yield binary ? type(TypeKind.MEDIUMBLOB, 0, 0) : text(TypeKind.MEDIUMTEXT, 0);
      }
      case "BINARY" -> type(TypeKind.BINARY, limited(length(1), 255, column), 0);
      case "VARBINARY" -> type(TypeKind.VARBINARY, limited(required(), MAX_VARBINARY, column), 0);
      case "TINYBLOB" -> type(TypeKind.TINYBLOB, 0, 0);
      case "BLOB" -> type(sizedBlob(length(0)), 0, 0);
      case "MEDIUMBLOB" -> type(TypeKind.MEDIUMBLOB, 0, 0);
      case "LONGBLOB" -> type(TypeKind.LONGBLOB, 0, 0);
      case "ENUM" -> members(TypeKind.ENUM);
      case "SET" -> members(TypeKind.SET);
      case "GEOMETRY", "POINT", "LINESTRING", "POLYGON" -> throw in.unsupported("spatial types");
      default -> throw in.error();
    };
  }

  private ColumnType floating(TypeKind kind) {
    TypeKind result = kind;
    if (in.acceptOperator("(")) {
      int precision = in.smallInteger();
      if (in.acceptOperator(",")) {
        in.smallInteger();
      } else if (kind == TypeKind.FLOAT && precision > 24) {
        result = TypeKind.DOUBLE;
      }
      in.expectOperator(")");
    }
    return type(result, 0, 0);
  }

  private ColumnType varchar(String column) {
    return text(TypeKind.VARCHAR, limited(required(), MAX_VARCHAR, column));
  }

  private int required() {
    int length = length(-1);
    if (length < 0) {
      throw in.error();
    }
    return length;
  }

  private static int limited(int length, int max, String column) {
    if (length > max) {
      throw SqlError.TOO_BIG_FIELDLENGTH.with(column, max);
    }
    return length;
  }

  private static TypeKind sizedText(int length) {
    return length == 0 || (length > 63 && length <= MAX_VARCHAR)
        ? TypeKind.TEXT
        : length <= 63
            ? TypeKind.TINYTEXT
            : length <= 4194303 ? TypeKind.MEDIUMTEXT : TypeKind.LONGTEXT;
  }

  private static TypeKind sizedBlob(int length) {
    return length == 0 || (length > 255 && length <= MAX_VARBINARY)
        ? TypeKind.BLOB
        : length <= 255
            ? TypeKind.TINYBLOB
            : length <= 16777215 ? TypeKind.MEDIUMBLOB : TypeKind.LONGBLOB;
  }

  private ColumnType members(TypeKind kind) {
    List<String> members = new ArrayList<>();
    in.expectOperator("(");
    do {
      members.add(in.string().stripTrailing());
    } while (in.acceptOperator(","));
    in.expectOperator(")");
    return new ColumnType(kind, false, 0, 0, Collation.UTF8MB4_0900_AI_CI, members);
  }
}
