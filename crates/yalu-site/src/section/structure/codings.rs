//! What coders say, with sources, and how far they agree.

use yalu_dossier::structure::record::{AgreementOf, StructureRecord};

use super::{absent, issue_title, known, scale_of, title};
use crate::format;
use crate::table::{Cell, Table};

pub(super) fn codings_table(structure: &StructureRecord) -> Table {
    let mut table = Table::new(
        format!("Codings in {}", structure.file),
        &[
            "Actor",
            "Issue",
            "#Position",
            "#Salience",
            "#Capability",
            "Coder",
            "Source",
            "Note",
            "Line",
        ],
    );
    table.class = "broad";
    for one in &structure.codings {
        let range = scale_of(structure, AgreementOf::Position, &one.issue, 0.0);
        let capability = one.capability.as_ref();
        let source = match one.source.as_str() {
            "" => "no source",
            source => source,
        };
        table.row(vec![
            Cell::text(title(structure, &one.actor)),
            Cell::text(issue_title(structure, &one.issue)),
            Cell::number(known(&one.position, range)),
            Cell::number(known(&one.salience, 100.0)),
            Cell::number(capability.map_or_else(absent, |value| known(value, value.high))),
            Cell::text(or_dash(&one.coder)),
            Cell::text(source),
            Cell::text(or_dash(&one.note)),
            Cell::Code(format!("{}:{}", structure.file, one.line)),
        ]);
    }
    table
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() {
        format::ABSENT
    } else {
        text
    }
}

/// `None` where one coder coded everything.
pub(super) fn agreement_table(structure: &StructureRecord) -> Option<Table> {
    let mut table = Table::new(
        "How far the coders agree",
        &[
            "Of",
            "Issue",
            "#Krippendorff’s alpha",
            "#Values with two codings or more",
            "Why none",
        ],
    );
    for one in &structure.agreement {
        let issue = one.issue.as_deref().map(|id| issue_title(structure, id));
        table.row(vec![
            Cell::text(crate::names::sentence(value_name_plural(one.of))),
            Cell::text(issue.unwrap_or("all together")),
            Cell::number(
                one.alpha
                    .map_or_else(absent, |alpha| format!("{alpha:.2}").replace('-', "−")),
            ),
            Cell::number(format::count(one.units as u64)),
            Cell::text(one.reason.as_deref().unwrap_or(format::ABSENT)),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

fn value_name_plural(of: AgreementOf) -> &'static str {
    match of {
        AgreementOf::Position => "positions",
        AgreementOf::Salience => "saliences",
        AgreementOf::Capability => "capabilities",
    }
}
