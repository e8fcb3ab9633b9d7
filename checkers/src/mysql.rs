//! MySQL and MariaDB.

use serde::{Deserialize, Serialize};

/// Logs in and runs one query, which must return at least one row.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mysql {
    /// The user.
    pub login: String,
    /// The password; empty for none.
    pub passwd: String,
    /// The database; empty for none.
    pub database: String,
    /// The query.
    pub query: String,
}

impl std::fmt::Debug for Mysql {
    /// Leaves the password out: this text may reach a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mysql")
            .field("login", &self.login)
            .field("database", &self.database)
            .field("query", &self.query)
            .finish_non_exhaustive()
    }
}
