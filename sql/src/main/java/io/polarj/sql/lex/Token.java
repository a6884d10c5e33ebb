package io.polarj.sql.lex;

/**
 * A token. {@code text}: a word, operator or variable as written, an identifier without quotes;
 * {@code upper}: a word in upper case, else the same as {@code text}; {@code value}: of a literal.
 * {@code start} and {@code end} are offsets in the source.
 */
public record Token(TokenKind kind, String text, String upper, Object value, int start, int end) {
  public boolean is(String word) {
    return kind == TokenKind.WORD && upper.equals(word);
  }

  public boolean isOperator(String operator) {
    return kind == TokenKind.OPERATOR && text.equals(operator);
  }
}
