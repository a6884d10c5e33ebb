// INSERT, REPLACE, UPDATE and DELETE.

SqlNode SqlInsert() :
{
    Statement.InsertMode mode = Statement.InsertMode.INSERT;
    final SqlIdentifier table;
    SqlNodeList columns = null;
    SqlNode source;
    SqlIdentifier alias = null;
    final SqlNodeList targets = new SqlNodeList(SqlParserPos.ZERO);
    final SqlNodeList values = new SqlNodeList(SqlParserPos.ZERO);
    final SqlNodeList duplicateTargets = new SqlNodeList(SqlParserPos.ZERO);
    final SqlNodeList duplicateValues = new SqlNodeList(SqlParserPos.ZERO);
    final Span s;
}
{
    (
        <INSERT> { s = span(); }
        [ <LOW_PRIORITY> | <DELAYED> | <HIGH_PRIORITY> ]
        [ <IGNORE> { mode = Statement.InsertMode.IGNORE; } ]
    |
        <REPLACE> { s = span(); mode = Statement.InsertMode.REPLACE; }
        [ <LOW_PRIORITY> | <DELAYED> ]
    )
    [ <INTO> ]
    table = CompoundTableIdentifier()
    (
        <SET> Assignments(targets, values)
        {
            columns = targets;
            source = SqlStdOperatorTable.VALUES.createCall(getPos(),
                SqlStdOperatorTable.ROW.createCall(getPos(), values.getList()));
        }
    |
        [ LOOKAHEAD({ columnsFollow() }) columns = InsertColumns() ]
        (
            LOOKAHEAD({ getToken(1).kind == VALUE || getToken(1).kind == VALUES && getToken(2).kind != ROW })
            source = InsertRows()
        |
            source = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY)
        )
    )
    [ <AS> alias = SimpleIdentifier() ]
    [ <ON_DUPLICATE_KEY_UPDATE> Assignments(duplicateTargets, duplicateValues) ]
    {
        if (mode == Statement.InsertMode.REPLACE && duplicateTargets.size() > 0) {
            throw new ParseException("REPLACE replaces");
        }
        return new MySqlInsert(s.end(this), mode, table, source, columns, alias, duplicateTargets, duplicateValues);
    }
}

/** A parenthesis after the table's name that is not that of a query. */
JAVACODE boolean columnsFollow()
{
    final int next = getToken(2).kind;
    return getToken(1).kind == LPAREN && next != SELECT && next != WITH && next != LPAREN && next != VALUES;
}

SqlNodeList InsertColumns() :
{
    final List<SqlNode> list = new ArrayList<SqlNode>();
    SqlIdentifier id;
    final Span s;
}
{
    <LPAREN> { s = span(); }
    [
        id = CompoundIdentifier() { list.add(id); }
        ( <COMMA> id = CompoundIdentifier() { list.add(id); } )*
    ]
    <RPAREN> { return new SqlNodeList(list, s.end(this)); }
}

SqlNode InsertRows() :
{
    final List<SqlNode> rows = new ArrayList<SqlNode>();
    final Span s;
    SqlNode row;
}
{
    ( <VALUES> | <VALUE> ) { s = span(); }
    row = InsertRow() { rows.add(row); }
    ( <COMMA> row = InsertRow() { rows.add(row); } )*
    { return SqlStdOperatorTable.VALUES.createCall(s.end(this), rows); }
}

SqlNode InsertRow() :
{
    final List<SqlNode> list = new ArrayList<SqlNode>();
    final SqlParserPos pos;
}
{
    [ <ROW> ]
    <LPAREN> { pos = getPos(); }
    [ AddInsertValue(list) ( <COMMA> AddInsertValue(list) )* ]
    <RPAREN> { return SqlStdOperatorTable.ROW.createCall(pos, list); }
}

void AddInsertValue(List<SqlNode> list) :
{
    final SqlNode e;
}
{
    // Most values are parameters, by the digest: they need no look at the grammar of expressions.
    LOOKAHEAD({ getToken(1).kind == HOOK && (getToken(2).kind == COMMA || getToken(2).kind == RPAREN) })
    e = DynamicParam() { list.add(e); }
|
    e = Default() { list.add(e); }
|
    AddExpression(list, ExprContext.ACCEPT_SUB_QUERY)
}

void Assignments(SqlNodeList targets, SqlNodeList values) :
{
}
{
    Assignment(targets, values)
    ( <COMMA> Assignment(targets, values) )*
}

void Assignment(SqlNodeList targets, SqlNodeList values) :
{
    final SqlIdentifier target;
    final SqlNode value;
}
{
    target = CompoundIdentifier() { targets.add(target); }
    ( <EQ> | <ASSIGN_SIGN> )
    ( value = Default() | value = Expression(ExprContext.ACCEPT_SUB_QUERY) )
    { values.add(value); }
}

SqlNode SqlUpdate() :
{
    boolean ignore = false;
    final SqlNode table;
    final SqlNodeList targets = new SqlNodeList(SqlParserPos.ZERO);
    final SqlNodeList values = new SqlNodeList(SqlParserPos.ZERO);
    SqlNode where = null;
    SqlNodeList orderBy = null;
    SqlNode limit = null;
    final Span s;
}
{
    <UPDATE> { s = span(); }
    [ <LOW_PRIORITY> ]
    [ <IGNORE> { ignore = true; } ]
    table = FromClause()
    <SET> Assignments(targets, values)
    [ where = Where() ]
    [ orderBy = OrderBy(true) ]
    [ <LIMIT> limit = RowCount() ]
    { return new MySqlUpdate(s.end(this), ignore, table, targets, values, where, orderBy, limit); }
}

SqlNode SqlDelete() :
{
    boolean ignore = false;
    int targets = 1;
    final SqlNode table;
    SqlNode where = null;
    SqlNodeList orderBy = null;
    SqlNode limit = null;
    final Span s;
}
{
    <DELETE> { s = span(); }
    [ <LOW_PRIORITY> ]
    [ <QUICK> ]
    [ <IGNORE> { ignore = true; } ]
    (
        LOOKAHEAD(<FROM> DeleteTargets() <USING>)
        <FROM> targets = DeleteTargets() <USING> table = FromClause()
    |
        <FROM> table = FromClause()
    |
        targets = DeleteTargets() <FROM> table = FromClause()
    )
    [ where = Where() ]
    [ orderBy = OrderBy(true) ]
    [ <LIMIT> limit = RowCount() ]
    { return new MySqlDelete(s.end(this), ignore, targets, table, where, orderBy, limit); }
}

int DeleteTargets() :
{
    int count = 1;
}
{
    CompoundTableIdentifier() [ <DOT> <STAR> ]
    ( <COMMA> CompoundTableIdentifier() [ <DOT> <STAR> ] { count++; } )*
    { return count; }
}
