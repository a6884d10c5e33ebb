// Queries as MySQL writes them.

SqlSelect SqlSelect() :
{
    final List<SqlLiteral> keywords = new ArrayList<SqlLiteral>();
    final List<SqlNode> hints = new ArrayList<SqlNode>();
    final List<SqlNode> selectList = new ArrayList<SqlNode>();
    SqlNode from = null;
    SqlNode where = null;
    SqlNodeList groupBy = null;
    SqlNode having = null;
    final Span s;
}
{
    <SELECT> { s = span(); }
    (
        ( <DISTINCT> | <DISTINCTROW> )
        {
            if (keywords.isEmpty()) {
                keywords.add(SqlSelectKeyword.DISTINCT.symbol(getPos()));
            }
        }
    |
        <SQL_CALC_FOUND_ROWS> { hints.add(MySqlOperators.calcFoundRows(getPos())); }
    |
        // These ask for what is done anyway, or not at all.
        ( <ALL> | <HIGH_PRIORITY> | <STRAIGHT_JOIN> | <SELECT_OPTION> )
    )*
    AddSelectItem(selectList)
    ( LOOKAHEAD(1) <COMMA> AddSelectItem(selectList) )*
    [ <FROM> ( <DUAL> | from = FromClause() ) ]
    [ where = Where() ]
    [ groupBy = GroupBy() ]
    [ having = Having() ]
    {
        return new SqlSelect(s.end(this), new SqlNodeList(keywords, s.pos()),
            new SqlNodeList(selectList, s.pos()), from, where, groupBy, having, null, null, null, null, null,
            new SqlNodeList(hints, s.pos()));
    }
}

/** An item with its alias or, when it has none, as it was written. */
void AddSelectItem(List<SqlNode> list) :
{
    final SqlNode e;
    final Token first;
    final String written;
}
{
    { first = getToken(1); }
    e = SelectExpression()
    { written = writtenFrom(first); }
    (
        <AS> ( <IDENTIFIER> | <MYSQL_STRING> )
        { list.add(SqlStdOperatorTable.AS.createCall(getPos(), e, new SqlIdentifier(String.valueOf(tokenValue()), getPos()))); }
    |
        ( <IDENTIFIER> | <MYSQL_STRING> )
        { list.add(SqlStdOperatorTable.AS.createCall(getPos(), e, new SqlIdentifier(String.valueOf(tokenValue()), getPos()))); }
    |
        { list.add(e instanceof SqlIdentifier ? e : SqlStdOperatorTable.AS.createCall(getPos(), e, new SqlIdentifier(nameOf(e, written), getPos()))); }
    )
}

/** A string is its own name, without its quotes. */
JAVACODE String nameOf(SqlNode e, String written)
{
    return e instanceof SqlCharStringLiteral ? ((SqlLiteral) e).getValueAs(String.class) : written;
}

/** The source from a token to the last one read. Columns count from 1 over all lines. */
JAVACODE String writtenFrom(Token first)
{
    return getOriginalSql().substring(first.beginColumn - 1, token.endColumn);
}

SqlNodeList GroupBy() :
{
    final List<SqlNode> list = new ArrayList<SqlNode>();
    final Span s;
}
{
    <GROUP> { s = span(); } <BY>
    AddExpression(list, ExprContext.ACCEPT_SUB_QUERY) [ <ASC> | <DESC> ]
    ( LOOKAHEAD(2) <COMMA> AddExpression(list, ExprContext.ACCEPT_SUB_QUERY) [ <ASC> | <DESC> ] )*
    (
        <WITH> <ROLLUP>
        { return new SqlNodeList(ImmutableList.of(SqlStdOperatorTable.ROLLUP.createCall(s.end(this), list)), s.end(this)); }
    |
        { return new SqlNodeList(list, s.end(this)); }
    )
}

SqlNode OrderByLimitOpt(SqlNode e) :
{
    SqlNodeList orderBy = null;
    SqlNode result = e;
    final Span s = Span.of();
    SqlNode[] offsetFetch = {null, null};
}
{
    [ LOOKAHEAD(1) orderBy = OrderBy(e.isA(SqlKind.QUERY)) ]
    [ LOOKAHEAD(1) LimitClause(s, offsetFetch) ]
    {
        if (orderBy != null || offsetFetch[0] != null || offsetFetch[1] != null) {
            result = new SqlOrderBy(getPos(), e, Util.first(orderBy, SqlNodeList.EMPTY), offsetFetch[0], offsetFetch[1]);
        }
    }
    [ LOOKAHEAD(1) result = LockingClause(result) ]
    { return result; }
}

void LimitClause(Span s, SqlNode[] offsetFetch) :
{
}
{
    <LIMIT> offsetFetch[1] = RowCount()
    [
        LOOKAHEAD(1)
        <COMMA> { offsetFetch[0] = offsetFetch[1]; } offsetFetch[1] = RowCount()
    |
        <OFFSET> offsetFetch[0] = RowCount()
    ]
}

/** An integer or a parameter. */
SqlNode RowCount() :
{
    final SqlNode e;
}
{
    <UNSIGNED_INTEGER_LITERAL> { return SqlLiteral.createExactNumeric(token.image, getPos()); }
|
    e = DynamicParam() { return e; }
}

/** FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE. */
SqlNode LockingClause(SqlNode query) :
{
    LockMode mode = LockMode.SHARED;
    LockWait wait = LockWait.WAIT;
}
{
    (
        <LOCK> <IN> <SHARE> <MODE>
    |
        <FOR> ( <UPDATE> { mode = LockMode.EXCLUSIVE; } | <SHARE> )
        [ <OF> CompoundTableIdentifier() ( LOOKAHEAD(1) <COMMA> CompoundTableIdentifier() )* ]
        [ <NOWAIT> { wait = LockWait.NOWAIT; } | <SKIP_> <LOCKED> { wait = LockWait.SKIP_LOCKED; } ]
    )
    { return MySqlOperators.locked(query, mode, wait, getPos()); }
}

/** Also a query in parentheses, a join, or tables with commas between them. */
SqlNode ExprOrJoinOrOrderedQuery(ExprContext exprContext) :
{
    SqlNode e;
    final List<Object> list = new ArrayList<Object>();
}
{
    (
        LOOKAHEAD(2)
        e = Query(exprContext)
        e = OrderByLimitOpt(e)
        { return e; }
    |
        e = FromClause()
        { list.add(e); }
        ( AddSetOpQuery(list, exprContext) )*
        { e = SqlParserUtil.toTree(list); }
        e = OrderByLimitOpt(e)
        { return e; }
    )
}

SqlNode FromClause() :
{
    SqlNode e;
    SqlNode right;
    SqlParserPos pos;
}
{
    e = JoinedTable()
    (
        LOOKAHEAD(1)
        <COMMA> { pos = getPos(); }
        right = JoinedTable()
        {
            e = new SqlJoin(pos, e, SqlLiteral.createBoolean(false, pos), JoinType.COMMA.symbol(pos), right,
                JoinConditionType.NONE.symbol(pos), null);
        }
    )*
    { return e; }
}

SqlNode JoinedTable() :
{
    SqlNode e;
}
{
    e = TableRef3(ExprContext.ACCEPT_QUERY_OR_JOIN, false)
    ( e = JoinTable(e) )*
    { return e; }
}

SqlNode JoinTable(SqlNode left) :
{
    SqlNode right;
    final SqlLiteral natural;
    final SqlLiteral type;
    SqlNode condition = null;
    JoinConditionType conditionType = JoinConditionType.NONE;
}
{
    natural = Natural()
    type = MySqlJoinType()
    right = TableRef3(ExprContext.ACCEPT_QUERY_OR_JOIN, false)
    // In "a JOIN b JOIN c ON x ON y" the second join is an operand of the first.
    ( LOOKAHEAD({ operandIsJoin() }) right = JoinTable(right) )*
    [
        LOOKAHEAD(1)
        <ON> { conditionType = JoinConditionType.ON; }
        condition = Expression(ExprContext.ACCEPT_SUB_QUERY)
    |
        LOOKAHEAD(1)
        <USING> { conditionType = JoinConditionType.USING; }
        condition = ParenthesizedSimpleIdentifierList()
    ]
    {
        final JoinType joinType = type.getValueAs(JoinType.class);
        if (condition == null && joinType != JoinType.INNER && !natural.booleanValue()) {
            throw new ParseException("a join without a condition");
        }
        return new SqlJoin(type.getParserPosition(), left, natural, type, right,
            conditionType.symbol(type.getParserPosition()), condition);
    }
}

/** Whether so many conditions follow that the first one is not that of the join being read. */
JAVACODE boolean operandIsJoin()
{
    int open = 1;
    int depth = 0;
    boolean first = true;
    for (int i = 1; open > 0; i++) {
        final int kind = getToken(i).kind;
        if (kind == LPAREN) {
            depth++;
        } else if (kind == RPAREN) {
            if (--depth < 0) {
                return false;
            }
        } else if (depth == 0) {
            if (kind == ON || kind == USING) {
                if (first) {
                    return false;
                }
                open--;
            } else if (kind == JOIN || kind == STRAIGHT_JOIN) {
                first = false;
                open++;
            } else if (kind == EOF || kind == COMMA || kind == WHERE || kind == GROUP || kind == HAVING || kind == ORDER
                || kind == LIMIT || kind == FOR || kind == LOCK || kind == UNION || kind == EXCEPT || kind == INTERSECT
                || kind == SET || kind == ON_DUPLICATE_KEY_UPDATE) {
                return false;
            }
        }
    }
    return true;
}

SqlLiteral MySqlJoinType() :
{
    JoinType type = JoinType.INNER;
}
{
    (
        <STRAIGHT_JOIN>
    |
        [
            <INNER> | <CROSS>
        |
            <LEFT> [ <OUTER> ] { type = JoinType.LEFT; }
        |
            <RIGHT> [ <OUTER> ] { type = JoinType.RIGHT; }
        ]
        <JOIN>
    )
    { return type.symbol(getPos()); }
}

SqlNode TableRef3(ExprContext exprContext, boolean lateral) :
{
    SqlNode table;
    final List<SqlNode> operands = new ArrayList<SqlNode>();
}
{
    (
        table = CompoundTableIdentifier()
    |
        <LPAREN> table = ExprOrJoinOrOrderedQuery(ExprContext.ACCEPT_QUERY_OR_JOIN) <RPAREN>
    )
    [
        LOOKAHEAD(1)
        [ <AS> ] { operands.add(table); }
        TableAlias(operands)
        { table = SqlStdOperatorTable.AS.createCall(getPos(), operands); }
    ]
    ( LOOKAHEAD(2) [ <COMMA> ] IndexHint() )*
    { return table; }
}

/** A table's alias and the names of its columns. */
void TableAlias(List<SqlNode> operands) :
{
    SqlNode e;
    SqlNodeList columns;
}
{
    e = SimpleIdentifier() { operands.add(e); }
    [ columns = ParenthesizedSimpleIdentifierList() { operands.addAll(columns.getList()); } ]
}

/** Read and not followed: the planner knows the costs. */
void IndexHint() :
{
}
{
    ( <USE> | <FORCE> | <IGNORE> ) ( <INDEX> | <KEY> )
    [ <FOR> ( <JOIN> | <ORDER> <BY> | <GROUP> <BY> ) ]
    <LPAREN> [ ( <IDENTIFIER> | <PRIMARY> ) ( <COMMA> ( <IDENTIFIER> | <PRIMARY> ) )* ] <RPAREN>
}
