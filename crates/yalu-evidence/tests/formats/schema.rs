//! Our tables of types and variables beside the schema of CSL 1.0.2.
//!
//! `csl-data.json` with `$id` `https://resource.citationstyles.org/schema/v1.0/input/json/csl-data.json`
//! has 45 types and 103 properties (counted in the copy of commonmeta-py 0.312). `CSL_SCHEMA` names
//! such a copy, and then every word of it is compared.

use serde_json::{Value, json};
use std::io::Write as _;
use yalu_evidence::csl::schema::{DATE_PARTS, Kind, NAME_PARTS, TYPES, VARIABLES};

#[test]
fn our_tables_are_as_long_as_the_schemas() {
    assert_eq!(TYPES.len(), 45);
    let variables = VARIABLES.iter().map(|(_, names)| names.len());
    assert_eq!(variables.sum::<usize>(), 103);
    let kinds = VARIABLES.map(|(kind, names)| (kind, names.len()));
    let expected = [
        (Kind::TextOrNumber, 17),
        (Kind::Text, 52),
        (Kind::Names, 26),
        (Kind::Date, 6),
        (Kind::Texts, 1),
        (Kind::Object, 1),
    ];
    assert_eq!(kinds, expected);
}

/// What the schema writes for a kind.
fn as_in_the_schema(kind: Kind) -> Value {
    match kind {
        Kind::Text => json!({"type": "string"}),
        Kind::TextOrNumber => json!({"type": ["string", "number"]}),
        Kind::Texts => json!({"type": "array", "items": {"type": "string"}}),
        Kind::Names => json!({
            "type": "array",
            "items": {"$ref": "#/definitions/name-variable"},
        }),
        Kind::Date => json!({"$ref": "#/definitions/date-variable"}),
        Kind::Object => json!({"type": "object"}),
    }
}

fn sorted<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut words: Vec<String> = words.map(str::to_owned).collect();
    words.sort();
    words
}

fn keys(object: &Value) -> Vec<String> {
    sorted(object.as_object().unwrap().keys().map(String::as_str))
}

#[test]
fn our_tables_are_the_schemas() {
    let Some(path) = std::env::var_os("CSL_SCHEMA") else {
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: CSL_SCHEMA names no csl-data.json; the Python package commonmeta-py has one"
        );
        return;
    };
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let items = &schema["items"];
    assert_eq!(items["required"], json!(["type", "id"]));
    let properties = &items["properties"];
    let types = properties["type"]["enum"].as_array().unwrap();
    assert_eq!(
        sorted(types.iter().map(|name| name.as_str().unwrap())),
        sorted(TYPES.into_iter())
    );
    let ours = VARIABLES
        .iter()
        .flat_map(|(_, names)| names.iter().copied());
    assert_eq!(keys(properties), sorted(ours));
    for (kind, names) in VARIABLES {
        for name in names {
            let mut theirs = properties[*name].clone();
            let map = theirs.as_object_mut().unwrap();
            for aside in ["title", "description", "examples", "enum"] {
                map.remove(aside);
            }
            assert_eq!(theirs, as_in_the_schema(kind), "{name}");
        }
    }
    let definitions = &schema["definitions"];
    let name = &definitions["name-variable"]["anyOf"][0]["properties"];
    assert_eq!(keys(name), sorted(NAME_PARTS.iter().map(|(part, _)| *part)));
    for (part, loose) in NAME_PARTS {
        assert_eq!(name[part]["type"].is_array(), loose, "{part}");
    }
    let date = &definitions["date-variable"]["anyOf"][0]["properties"];
    assert_eq!(keys(date), sorted(DATE_PARTS.into_iter()));
}
