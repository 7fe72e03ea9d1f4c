//! JSON Schemas of what Yalu reads and writes.

use yalu_media::Recording;

use crate::assessment::Assessment;
use crate::evidence::{ClaimsFile, TalkFile};
use crate::ledger::LedgerRecord;
use crate::scan::report::ScanReport;
use crate::spec::DossierSpec;
use crate::structure::StructureRecord;

pub(crate) fn schema_of<T: schemars::JsonSchema>(title: &str) -> serde_json::Value {
    let mut schema = schemars::SchemaGenerator::default().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

/// The schema of `dossier.toml`.
pub fn dossier_schema() -> serde_json::Value {
    schema_of::<DossierSpec>("Yalu dossier")
}

/// The schema of `assessment.json`.
pub fn assessment_schema() -> serde_json::Value {
    schema_of::<Assessment>("Yalu assessment")
}

/// The schema of `scan.json`.
pub fn scan_schema() -> serde_json::Value {
    schema_of::<ScanReport>("Yalu scan")
}

/// The schema of what `yalu structure --json` prints.
pub fn structure_schema() -> serde_json::Value {
    schema_of::<StructureRecord>("Yalu structure")
}

/// The schema of a claims file.
pub fn claims_schema() -> serde_json::Value {
    schema_of::<ClaimsFile>("Yalu claims")
}

/// The schema of a talk's file.
pub fn talk_schema() -> serde_json::Value {
    schema_of::<TalkFile>("Yalu talk")
}

/// The schema of a measured recording.
pub fn recording_schema() -> serde_json::Value {
    schema_of::<Recording>("Yalu recording")
}

/// The schema of what `yalu ledger --json` prints.
pub fn ledger_schema() -> serde_json::Value {
    schema_of::<LedgerRecord>("Yalu ledger")
}
