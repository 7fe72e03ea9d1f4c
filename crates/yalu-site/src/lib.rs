//! stub
/// o
pub struct ReportOptions {
    /// i
    pub interactive: bool,
}
/// r
pub fn render_report(
    _a: &yalu_dossier::assessment::Assessment,
    _o: &ReportOptions,
) -> Result<String, std::fmt::Error> {
    Ok(String::new())
}
