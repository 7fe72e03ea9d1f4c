//! Trade with the columns of UN Comtrade, new and old, recognised by its header.
//!
//! Comtrade gives a flow once as a whole and again split by customs procedure, mode of transport
//! and second partner: rows of the splits are left out, or sums would count them several times.

use std::collections::BTreeMap;

use super::mapping::{ColumnKeys, Mapping, TableKind};

fn column(header: &[String], names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        header
            .iter()
            .find(|one| one.eq_ignore_ascii_case(name))
            .cloned()
    })
}

/// Whether a header is Comtrade's.
pub(crate) fn recognises(header: &[String]) -> bool {
    mapping(header).is_some()
}

/// The mapping that a header implies.
pub(crate) fn mapping(header: &[String]) -> Option<Mapping> {
    let reporter = column(
        header,
        &[
            "reporterISO",
            "Reporter ISO",
            "reporterCode",
            "Reporter Code",
        ],
    )?;
    let partner = column(
        header,
        &["partnerISO", "Partner ISO", "partnerCode", "Partner Code"],
    )?;
    let flow = column(
        header,
        &["flowCode", "Trade Flow Code", "Trade Flow", "flowDesc"],
    )?;
    let value = column(
        header,
        &[
            "primaryValue",
            "Trade Value (US$)",
            "TradeValue",
            "tradevalueus",
        ],
    )?;
    // `period` is 2013 or 201302; `refMonth` is 52 for a year.
    let period = column(header, &["period", "Period", "refYear", "Year"])?;
    let mut only = BTreeMap::new();
    for (names, total) in [
        (
            &["customsCode", "Customs Code", "Customs Proc. Code"][..],
            "C00",
        ),
        (&["motCode", "Mode of Transport Code"], "0"),
        (&["partner2Code", "2nd Partner Code"], "0"),
        (&["mosCode"], "0"),
    ] {
        if let Some(name) = column(header, names) {
            only.insert(name, vec![total.to_owned(), String::new()]);
        }
    }
    Some(Mapping {
        table: Some(TableKind::Trade),
        columns: ColumnKeys {
            reporter: Some(reporter),
            partner: Some(partner),
            flow: Some(flow),
            value: Some(value),
            date: Some(period),
            commodity: column(header, &["cmdCode", "Commodity Code"]),
            ..ColumnKeys::default()
        },
        only,
        ..Mapping::default()
    })
}
