//! The documents and the program agree.

use std::fs;

use serde_json::Value;

use crate::{Folder, workspace};

/// Every key of a schema, those of its definitions included.
fn keys(schema: &Value, all: &mut Vec<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get("properties") {
                all.extend(properties.keys().cloned());
            }
            for value in object.values() {
                keys(value, all);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| keys(value, all)),
        _ => {}
    }
}

#[test]
fn the_guide_for_dossier_authors_names_every_key() {
    let mut all = Vec::new();
    for of in ["dossier", "claims", "talk"] {
        let output = Folder::empty().output(&["schema", of]);
        let schema: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        keys(&schema, &mut all);
    }
    assert!(all.len() > 50, "{all:?}");
    let page = |name: &str| fs::read_to_string(workspace().join(name)).expect("a page");
    let guide = page("docs/dossier.md") + &page("docs/structure.md") + &page("docs/evidence.md");
    let missing: Vec<&String> = all
        .iter()
        .filter(|key| !guide.contains(&format!("`{key}`")))
        .collect();
    assert!(missing.is_empty(), "the guides lack {missing:?}");
}

#[test]
fn the_commands_in_readme_are_commands() {
    let readme = fs::read_to_string(workspace().join("README.md")).expect("README.md");
    let help = String::from_utf8(Folder::empty().output(&["--help"]).stdout).expect("UTF-8");
    let named: Vec<&str> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("yalu "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(!named.is_empty());
    for name in named {
        assert!(
            help.lines()
                .any(|line| line.trim_start().starts_with(&format!("{name} "))),
            "README.md names `yalu {name}`, which `yalu --help` doesn't"
        );
    }
}
