//! Conditions that the query builder cannot say in a way that lets a statement stay prepared: to it, a list of numbers is a statement of its
//! own for each length of the list.
//!
//! What it can say may need parsing anew as well: SQLite does so for every run in which a parameter may decide about the plan, one that an
//! index with a condition asks for, and the one of a `LIMIT`. Statements that every page asks have neither.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, ValidGrouping};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, Text};

use crate::db::Conn;

/// A condition made by [`is_one_of`].
#[derive(Clone, Debug, QueryId, ValidGrouping)]
pub struct IsOneOf<C> {
    column: C,
    /// What stands around the list, which is one parameter.
    around: [&'static str; 2],
    list: String,
}

/// Whether a column is one of some numbers.
pub fn is_one_of<C, T>(conn: &Conn, column: C, numbers: &[T]) -> IsOneOf<C>
where
    T: Copy + Into<i64>,
{
    let numbers: Vec<String> = numbers.iter().map(|&number| number.into().to_string()).collect();
    let numbers = numbers.join(",");
    let (around, list) = match conn {
        Conn::Sqlite(_) => ([" IN (SELECT value FROM json_each(", "))"], format!("[{numbers}]")),
        Conn::Pg(_) => ([" = ANY (CAST(", " AS BIGINT[]))"], format!("{{{numbers}}}")),
    };
    IsOneOf { column, around, list }
}

impl<C: Expression> Expression for IsOneOf<C> {
    type SqlType = Bool;
}

impl<C: AppearsOnTable<QS>, QS> AppearsOnTable<QS> for IsOneOf<C> {}

impl<C, DB> QueryFragment<DB> for IsOneOf<C>
where
    C: QueryFragment<DB>,
    DB: Backend + HasSqlType<Text>,
    String: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(self.around[0]);
        out.push_bind_param::<Text, _>(&self.list)?;
        out.push_sql(self.around[1]);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::schema::schools;
    use crate::id::SchoolId;
    use crate::schools::commands::add_school;
    use crate::schools::model::SchoolCode;
    use crate::testing::TestDb;

    #[test]
    fn lists_of_every_length_find_their_rows() {
        let test = TestDb::new();
        let mut conn = test.connect();
        let ids = ["10001", "10002", "10003"].map(|code| {
            let code = SchoolCode::parse(code).expect("five digits");
            add_school(&mut conn, &code, "Synthetic University", 0).expect("a school")
        });
        let mut find = |wanted: &[SchoolId]| -> Vec<SchoolId> {
            let is_wanted = is_one_of(&conn, schools::school_id, wanted);
            let found = schools::table.filter(is_wanted).order(schools::school_id);
            found.select(schools::school_id).load(&mut conn).expect("schools")
        };
        assert_eq!(find(&[]), []);
        assert_eq!(find(&ids[..1]), ids[..1]);
        assert_eq!(find(&[ids[2], ids[0], SchoolId(-7)]), [ids[0], ids[2]]);
    }
}
