// Expressions as MySQL writes them, from its loosest operator to its tightest.

JAVACODE SqlCall function(String name, SqlParserPos pos, SqlNode... arguments)
{
    return createCall(new SqlIdentifier(name, pos), pos, SqlFunctionCategory.USER_DEFINED_FUNCTION, null, arguments);
}

JAVACODE SqlLiteral text(String value)
{
    return SqlLiteral.createCharString(value, getPos());
}

/** The value that the lexer read of a literal or variable. */
JAVACODE Object tokenValue()
{
    return token.getValue();
}

JAVACODE SqlNode call(SqlOperator operator, SqlNode... operands)
{
    return operator.createCall(getPos(), operands);
}

SqlNode Expression(ExprContext exprContext) :
{
    SqlNode e;
    SqlNode right;
}
{
    e = XorExpression(exprContext)
    ( LOOKAHEAD(1) <OR> right = XorExpression(ExprContext.ACCEPT_SUB_QUERY) { e = call(SqlStdOperatorTable.OR, e, right); } )*
    { return e; }
}

SqlNode XorExpression(ExprContext exprContext) :
{
    SqlNode e;
    SqlNode right;
}
{
    e = AndExpression(exprContext)
    ( LOOKAHEAD(1) <XOR> right = AndExpression(ExprContext.ACCEPT_SUB_QUERY) { e = call(MySqlOperators.XOR, e, right); } )*
    { return e; }
}

SqlNode AndExpression(ExprContext exprContext) :
{
    SqlNode e;
    SqlNode right;
}
{
    e = NotExpression(exprContext)
    ( LOOKAHEAD(1) <AND> right = NotExpression(ExprContext.ACCEPT_SUB_QUERY) { e = call(SqlStdOperatorTable.AND, e, right); } )*
    { return e; }
}

SqlNode NotExpression(ExprContext exprContext) :
{
    SqlNode e;
    int negations = 0;
}
{
    ( <NOT> { negations++; } )*
    e = Predicate(exprContext)
    {
        for (; negations > 0; negations--) {
            e = call(SqlStdOperatorTable.NOT, e);
        }
        return e;
    }
}

/** Comparisons and predicates are of one level, read from left to right. */
SqlNode Predicate(ExprContext exprContext) :
{
    SqlNode e;
}
{
    e = BitOrExpression(exprContext)
    (
        LOOKAHEAD(1)
        e = Comparison(e)
    |
        LOOKAHEAD(1)
        <IS> e = IsPredicate(e)
    |
        LOOKAHEAD(1)
        e = NegatablePredicate(e)
    )*
    { return e; }
}

SqlNode Comparison(SqlNode left) :
{
    final SqlBinaryOperator operator;
    final SqlNode right;
    boolean all = false;
}
{
    operator = ComparisonOperator()
    (
        ( <ANY> | <SOME> | <ALL> { all = true; } )
        <LPAREN> right = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY) <RPAREN>
        {
            final SqlKind kind = operator.getKind();
            return call(all ? SqlStdOperatorTable.all(kind) : SqlStdOperatorTable.some(kind), left, right);
        }
    |
        right = BitOrExpression(ExprContext.ACCEPT_SUB_QUERY) { return call(operator, left, right); }
    )
}

SqlBinaryOperator ComparisonOperator() :
{
}
{
    <EQ> { return SqlStdOperatorTable.EQUALS; }
|   <NULL_SAFE_EQ> { return SqlStdOperatorTable.IS_NOT_DISTINCT_FROM; }
|   <NE> { return SqlStdOperatorTable.NOT_EQUALS; }
|   <GT> { return SqlStdOperatorTable.GREATER_THAN; }
|   <LT> { return SqlStdOperatorTable.LESS_THAN; }
|   <LE> { return SqlStdOperatorTable.LESS_THAN_OR_EQUAL; }
|   <GE> { return SqlStdOperatorTable.GREATER_THAN_OR_EQUAL; }
|   <REGEXP> { return MySqlOperators.REGEXP; }
|   <NOT_REGEXP> { return MySqlOperators.NOT_REGEXP; }
}

SqlNode IsPredicate(SqlNode e) :
{
    boolean not = false;
}
{
    [ <NOT> { not = true; } ]
    (
        ( <NULL> | <UNKNOWN> ) { return call(not ? SqlStdOperatorTable.IS_NOT_NULL : SqlStdOperatorTable.IS_NULL, e); }
    |
        <TRUE> { return call(not ? SqlStdOperatorTable.IS_NOT_TRUE : SqlStdOperatorTable.IS_TRUE, e); }
    |
        <FALSE> { return call(not ? SqlStdOperatorTable.IS_NOT_FALSE : SqlStdOperatorTable.IS_FALSE, e); }
    )
}

SqlNode NegatablePredicate(SqlNode e) :
{
    boolean not = false;
    final SqlNodeList list;
    final SqlNode first;
    final SqlNode second;
}
{
    [ <NOT> { not = true; } ]
    (
        <IN> list = ParenthesizedQueryOrCommaList(ExprContext.ACCEPT_NONCURSOR)
        {
            final boolean query = list.size() == 1 && list.get(0).isA(SqlKind.QUERY);
            return call(not ? SqlStdOperatorTable.NOT_IN : SqlStdOperatorTable.IN, e, query ? list.get(0) : list);
        }
    |
        <BETWEEN> first = BitOrExpression(ExprContext.ACCEPT_SUB_QUERY)
        <AND> second = BitOrExpression(ExprContext.ACCEPT_SUB_QUERY)
        { return call(not ? SqlStdOperatorTable.NOT_BETWEEN : SqlStdOperatorTable.BETWEEN, e, first, second); }
    |
        <LIKE> first = BitOrExpression(ExprContext.ACCEPT_SUB_QUERY)
        { final SqlOperator like = not ? SqlStdOperatorTable.NOT_LIKE : SqlStdOperatorTable.LIKE; }
        (
            <ESCAPE> second = UnaryExpression(ExprContext.ACCEPT_SUB_QUERY) { return call(like, e, first, second); }
        |
            { return call(like, e, first); }
        )
    )
}

SqlNode BitOrExpression(ExprContext exprContext) :
{
    SqlNode e;
    SqlNode right;
}
{
    e = BitAndExpression(exprContext)
    ( LOOKAHEAD(1) <BIT_OR_SIGN> right = BitAndExpression(ExprContext.ACCEPT_SUB_QUERY) { e = call(MySqlOperators.BIT_OR, e, right); } )*
    { return e; }
}

SqlNode BitAndExpression(ExprContext exprContext) :
{
    SqlNode e;
    SqlNode right;
}
{
    e = ShiftExpression(exprContext)
    ( LOOKAHEAD(1) <AMPERSAND> right = ShiftExpression(ExprContext.ACCEPT_SUB_QUERY) { e = call(MySqlOperators.BIT_AND, e, right); } )*
    { return e; }
}

SqlNode ShiftExpression(ExprContext exprContext) :
{
    SqlNode e;
    SqlNode right;
    SqlOperator operator;
}
{
    e = AdditiveExpression(exprContext)
    (
        LOOKAHEAD(1)
        ( <LEFTSHIFT> { operator = MySqlOperators.LEFT_SHIFT; } | <RIGHTSHIFT> { operator = MySqlOperators.RIGHT_SHIFT; } )
        right = AdditiveExpression(ExprContext.ACCEPT_SUB_QUERY) { e = call(operator, e, right); }
    )*
    { return e; }
}

SqlNode AdditiveExpression(ExprContext exprContext) :
{
    SqlNode e;
    SqlNode right;
    SqlOperator operator;
}
{
    e = MultiplicativeExpression(exprContext)
    (
        LOOKAHEAD(1)
        ( <PLUS> { operator = SqlStdOperatorTable.PLUS; } | <MINUS> { operator = SqlStdOperatorTable.MINUS; } )
        right = MultiplicativeExpression(ExprContext.ACCEPT_SUB_QUERY) { e = call(operator, e, right); }
    )*
    { return e; }
}

SqlNode MultiplicativeExpression(ExprContext exprContext) :
{
    SqlNode e;
    SqlNode right;
    SqlOperator operator;
}
{
    e = BitXorExpression(exprContext)
    (
        LOOKAHEAD(1)
        (
            <STAR> { operator = SqlStdOperatorTable.MULTIPLY; }
        |   <SLASH> { operator = SqlStdOperatorTable.DIVIDE; }
        |   <DIV> { operator = MySqlOperators.DIV; }
        |   <MOD> { operator = SqlStdOperatorTable.PERCENT_REMAINDER; }
        )
        right = BitXorExpression(ExprContext.ACCEPT_SUB_QUERY) { e = call(operator, e, right); }
    )*
    { return e; }
}

SqlNode BitXorExpression(ExprContext exprContext) :
{
    SqlNode e;
    SqlNode right;
}
{
    e = UnaryExpression(exprContext)
    ( LOOKAHEAD(1) <CARET> right = UnaryExpression(ExprContext.ACCEPT_SUB_QUERY) { e = call(MySqlOperators.BIT_XOR, e, right); } )*
    { return e; }
}

SqlNode UnaryExpression(ExprContext exprContext) :
{
    SqlNode e;
}
{
    LOOKAHEAD(1)
    <MINUS> e = UnaryExpression(ExprContext.ACCEPT_SUB_QUERY)
    {
        return e instanceof SqlNumericLiteral
            ? SqlLiteral.createNegative((SqlNumericLiteral) e, getPos())
            : call(SqlStdOperatorTable.UNARY_MINUS, e);
    }
|
    LOOKAHEAD(1)
    <PLUS> e = UnaryExpression(ExprContext.ACCEPT_SUB_QUERY) { return e; }
|
    <BIT_NOT> e = UnaryExpression(ExprContext.ACCEPT_SUB_QUERY) { return call(MySqlOperators.BIT_NOT, e); }
|
    <BANG> e = UnaryExpression(ExprContext.ACCEPT_SUB_QUERY) { return call(SqlStdOperatorTable.NOT, e); }
|
    <BINARY> e = UnaryExpression(ExprContext.ACCEPT_SUB_QUERY) { return call(MySqlOperators.BINARY, e); }
|
    <EXISTS> <LPAREN> e = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY) <RPAREN> { return call(SqlStdOperatorTable.EXISTS, e); }
|
    e = PostfixExpression(exprContext) { return e; }
}

SqlNode PostfixExpression(ExprContext exprContext) :
{
    SqlNode e;
    SqlNode right;
}
{
    e = Expression3(exprContext)
    (
        LOOKAHEAD(1)
        <COLLATE> ( <MYSQL_STRING> | <IDENTIFIER> | <BINARY> )
        { e = call(MySqlOperators.COLLATE, e, text(String.valueOf(tokenValue()))); }
    |
        LOOKAHEAD(1)
        <JSON_ARROW> right = StringLiteral() { e = call(MySqlOperators.JSON_ARROW, e, right); }
    |
        LOOKAHEAD(1)
        <JSON_UNQUOTE_ARROW> right = StringLiteral() { e = call(MySqlOperators.JSON_UNQUOTE_ARROW, e, right); }
    |
        LOOKAHEAD(1)
        <CONCAT> right = PostfixExpression(ExprContext.ACCEPT_SUB_QUERY) { e = call(MySqlOperators.PIPES_CONCAT, e, right); }
    )*
    { return e; }
}

SqlNode StringLiteral() :
{
}
{
    <MYSQL_STRING> { return text((String) tokenValue()); }
|
    <MYSQL_BYTES> { return SqlLiteral.createBinaryString((byte[]) tokenValue(), getPos()); }
}

/** DATE '2026-01-01' and so on. */
SqlNode TemporalLiteral() :
{
    final String kind;
    final SqlParserPos pos;
    final SqlNode value;
}
{
    <MYSQL_TEMPORAL> { kind = token.image.toUpperCase(Locale.ROOT); pos = getPos(); }
    value = StringLiteral()
    {
        final ColumnType type = CastTypes.temporalLiteral(kind, ((SqlLiteral) value).toValue());
        return SqlStdOperatorTable.CAST.createCall(pos, value, CastType.spec(type, pos));
    }
}

/** INTERVAL value unit, an operand of date arithmetic. */
SqlNode IntervalLiteralOrExpression() :
{
    final SqlNode value;
    final SqlLiteral unit;
    final Span s;
}
{
    <INTERVAL> { s = span(); }
    value = Expression(ExprContext.ACCEPT_SUB_QUERY)
    unit = IntervalUnit()
    { return MySqlOperators.INTERVAL.createCall(s.end(this), value, unit); }
}

SqlLiteral IntervalUnit() :
{
}
{
    ( <IDENTIFIER> | <RESERVED> )
    {
        final String unit = CastTypes.timeUnit(token.image);
        if (unit == null) {
            throw new ParseException("not a unit of time: " + token.image);
        }
        return text(unit);
    }
}

/** Functions whose arguments are not just a list. */
SqlNode BuiltinFunctionCall() :
{
    final Span s;
    final SqlNode e;
    final SqlNode e2;
    final SqlDataTypeSpec type;
    final SqlIdentifier id;
    final SqlLiteral unit;
    final List<SqlNode> args = new ArrayList<SqlNode>();
    SqlNode value;
    SqlNode side = null;
    SqlNode what = null;
}
{
    <CAST> { s = span(); } <LPAREN> e = Expression(ExprContext.ACCEPT_SUB_QUERY) <AS> type = MySqlCastType() <RPAREN>
    { return SqlStdOperatorTable.CAST.createCall(s.end(this), e, type); }
|
    <CONVERT> { s = span(); } <LPAREN> e = Expression(ExprContext.ACCEPT_SUB_QUERY)
    (
        <USING> type = CharacterSetType()
    |
        <COMMA> type = MySqlCastType()
    )
    <RPAREN>
    { return SqlStdOperatorTable.CAST.createCall(s.end(this), e, type); }
|
    <CHAR_FUNCTION> { s = span(); } <LPAREN> AddExpressions(args, ExprContext.ACCEPT_SUB_QUERY)
    { value = function("CHAR", s.end(this), args.toArray(new SqlNode[0])); }
    [ <USING> type = CharacterSetType() { value = SqlStdOperatorTable.CAST.createCall(s.end(this), value, type); } ]
    <RPAREN>
    { return value; }
|
    <EXTRACT> { s = span(); } <LPAREN> unit = IntervalUnit() <FROM> e = Expression(ExprContext.ACCEPT_SUB_QUERY) <RPAREN>
    { return function("EXTRACT", s.end(this), unit, e); }
|
    ( <TIMESTAMPDIFF> | <TIMESTAMPADD> ) { s = span(); args.add(text(token.image.toUpperCase(Locale.ROOT))); }
    <LPAREN> unit = IntervalUnit() <COMMA> e = Expression(ExprContext.ACCEPT_SUB_QUERY)
    <COMMA> e2 = Expression(ExprContext.ACCEPT_SUB_QUERY) <RPAREN>
    { return function(((SqlLiteral) args.get(0)).toValue(), s.end(this), unit, e, e2); }
|
    <TRIM> { s = span(); } <LPAREN>
    (
        ( <BOTH> | <LEADING> | <TRAILING> ) { side = text(token.image.toUpperCase(Locale.ROOT)); }
        (
            <FROM> value = Expression(ExprContext.ACCEPT_SUB_QUERY)
        |
            value = Expression(ExprContext.ACCEPT_SUB_QUERY)
            [ <FROM> { what = value; } value = Expression(ExprContext.ACCEPT_SUB_QUERY) ]
        )
    |
        value = Expression(ExprContext.ACCEPT_SUB_QUERY)
        [ <FROM> { what = value; } value = Expression(ExprContext.ACCEPT_SUB_QUERY) ]
    )
    <RPAREN>
    { return function("TRIM", s.end(this), side == null ? text("BOTH") : side, what == null ? text(" ") : what, value); }
|
    <SUBSTRING_FUNCTION> { s = span(); } <LPAREN> AddExpression(args, ExprContext.ACCEPT_SUB_QUERY)
    (
        <FROM> AddExpression(args, ExprContext.ACCEPT_SUB_QUERY) [ <FOR> AddExpression(args, ExprContext.ACCEPT_SUB_QUERY) ]
    |
        ( <COMMA> AddExpression(args, ExprContext.ACCEPT_SUB_QUERY) )*
    )
    <RPAREN>
    { return function("SUBSTRING", s.end(this), args.toArray(new SqlNode[0])); }
|
    <POSITION> { s = span(); } <LPAREN> value = BitOrExpression(ExprContext.ACCEPT_SUB_QUERY) <IN>
    e = Expression(ExprContext.ACCEPT_SUB_QUERY) <RPAREN>
    { return function("LOCATE", s.end(this), value, e); }
|
    <VALUES_FUNCTION> { s = span(); } <LPAREN> id = CompoundIdentifier() <RPAREN>
    { return MySqlOperators.INSERTED_VALUE.createCall(s.end(this), id); }
|
    <DEFAULT_FUNCTION> { s = span(); } <LPAREN> id = CompoundIdentifier() <RPAREN>
    { return MySqlOperators.DEFAULT_OF.createCall(s.end(this), id); }
|
    <NILADIC_FUNCTION> { return function(token.image, getPos()); }
|
    <USER_VARIABLE> { return MySqlOperators.USER_VARIABLE.createCall(getPos(), text((String) tokenValue())); }
|
    <SYSTEM_VARIABLE> { return MySqlOperators.SYSTEM_VARIABLE.createCall(getPos(), text((String) tokenValue())); }
|
    value = GroupConcat() { return value; }
}

SqlNode GroupConcat() :
{
    final Span s;
    final List<SqlNode> args = new ArrayList<SqlNode>();
    SqlLiteral quantifier = null;
    SqlNodeList orderBy;
}
{
    <GROUP_CONCAT> { s = span(); } <LPAREN>
    [ <DISTINCT> { quantifier = SqlSelectKeyword.DISTINCT.symbol(getPos()); } ]
    AddExpressions(args, ExprContext.ACCEPT_SUB_QUERY)
    [ orderBy = OrderBy(true) { args.add(orderBy); } ]
    [ <SEPARATOR> <MYSQL_STRING> { args.add(SqlInternalOperators.SEPARATOR.createCall(getPos(), text((String) tokenValue()))); } ]
    <RPAREN>
    { return SqlLibraryOperators.GROUP_CONCAT.createCall(quantifier, s.end(this), args); }
}

/** The type of CAST and CONVERT. */
SqlDataTypeSpec MySqlCastType() :
{
    final String word;
    final SqlParserPos pos;
    int precision = -1;
    int scale = 0;
    String charset = null;
    ColumnType type;
}
{
    (
        <IDENTIFIER> | <CHAR> | <CHAR_FUNCTION> | <CHARACTER> | <VARCHAR> | <BINARY> | <DECIMAL> | <DEC> | <NUMERIC>
    |   <DOUBLE> | <REAL> | <FLOAT> | <UNSIGNED>
    )
    { word = token.image.toUpperCase(Locale.ROOT); pos = getPos(); }
    [ <INTEGER> | <INT> | <PRECISION> ]
    [ <LPAREN> precision = Size() [ <COMMA> scale = Size() ] <RPAREN> ]
    [ CharacterSetWords() charset = CharacterSetName() ]
    {
        type = CastTypes.of(word, precision, scale, charset);
        if (type == null) {
            throw new ParseException("not a type to cast to: " + word);
        }
        return CastType.spec(type, pos);
    }
}

void CharacterSetWords() :
{
}
{
    ( <CHARACTER> | <CHAR> ) <SET>
|
    <CHARSET>
}

String CharacterSetName() :
{
}
{
    ( <IDENTIFIER> | <BINARY> | <MYSQL_STRING> ) { return String.valueOf(tokenValue()); }
}

SqlDataTypeSpec CharacterSetType() :
{
    final String charset;
}
{
    charset = CharacterSetName() { return CastType.spec(CastTypes.characters(charset), getPos()); }
}

int Size() :
{
}
{
    <UNSIGNED_INTEGER_LITERAL> { return CastTypes.size(token.image); }
}
