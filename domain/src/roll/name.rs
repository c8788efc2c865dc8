//! stub until the reader room lands
pub enum NameMatch { Same, Different, Unknown }
impl PartialEq for NameMatch { fn eq(&self, o: &Self) -> bool { std::mem::discriminant(self)==std::mem::discriminant(o) } }
pub fn compare(_: &str, _: &str) -> NameMatch { NameMatch::Same }
pub fn compare_loosely(_: &str, _: &str) -> NameMatch { NameMatch::Same }
pub fn fold_width(t: &str) -> String { t.to_owned() }
