//! Temporary.
/// Name.
pub fn name_of(code: &crate::ActorCode) -> Option<&'static str> {
    Some(match code.as_str() {
        "CHN" => "China",
        "PRK" => "North Korea",
        "USA" => "the United States",
        "KOR" => "South Korea",
        "JPN" => "Japan",
        _ => return None,
    })
}
/// Near.
pub fn suggestion(_text: &str) -> Option<&'static str> {
    None
}
