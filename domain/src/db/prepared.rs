//! Statements that every page of a student asks, and that are known to have one text each.

use diesel::backend::Backend;
use diesel::debug_query;
use diesel::expression::{AsExpression, TypedExpressionType};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::SqlType;

/// A query whose text is the same for every run, so that it may be kept prepared, and its values. The library looks through the whole of a
/// query before every run, for whether it may be kept and for its values; each took a thirtieth of a student's page or more.
#[derive(Clone, Copy, Debug)]
pub struct Prepared<Q, V> {
    query: Q,
    values: V,
}

/// Vouches that no list is spelt out in the query and no text put together at run time, and that these are its values, in the order of their
/// places in the text. Its type names it among the prepared ones.
pub fn prepared<Q, V>(query: Q, values: V) -> Prepared<Q, V> {
    Prepared { query, values }
}

/// One of the values, of a type of the database.
pub fn value<T, V: AsExpression<T>>(value: V) -> V::Expression
where
    T: SqlType + TypedExpressionType,
{
    value.as_expression()
}

impl<Q: Query, V> Query for Prepared<Q, V> {
    type SqlType = Q::SqlType;
}

impl<Q: QueryId, V> QueryId for Prepared<Q, V> {
    type QueryId = Q::QueryId;

    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<DB, Q, V> QueryFragment<DB> for Prepared<Q, V>
where
    DB: Backend<QueryBuilder: Default> + Default,
    Q: QueryFragment<DB>,
    V: QueryFragment<DB>,
{
    /// What is asked for every run: the values.
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.values.walk_ast(pass)
    }

    /// What is asked once, while it is prepared.
    fn to_sql(&self, out: &mut DB::QueryBuilder, backend: &DB) -> QueryResult<()> {
        debug_assert_eq!(values_of::<DB>(&self.query), values_of::<DB>(&self.values));
        self.query.to_sql(out, backend)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q, V, C> RunQueryDsl<C> for Prepared<Q, V> {}

/// The values of a part of a query, as the library writes them for people.
fn values_of<DB: Backend<QueryBuilder: Default> + Default>(part: &impl QueryFragment<DB>) -> String {
    let written = debug_query::<DB, _>(part).to_string();
    let values = written.rsplit_once("-- binds: ").map(|(_, values)| values);
    values.unwrap_or_default().to_owned()
}
