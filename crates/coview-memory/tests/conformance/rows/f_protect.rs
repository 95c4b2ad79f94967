//! Changing the protection of a view's pages.

use super::row::{Row, in_c};

const NO_CALL: &str = "a `View` keeps its access: code that checked it need not check again";

pub(super) const ROWS: &[Row] = &[
    in_c("F01", "down and back up to the view's own access", NO_CALL),
    in_c("F02", "above the view's access is refused: 87", NO_CALL),
    in_c("F03", "from reading to copying", NO_CALL).c_wine("the page stays shared"),
];
