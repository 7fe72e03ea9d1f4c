//! Generated files: the command reference, the JSON Schemas, the tables of keys in the guide for
//! dossier authors. What they say comes from the `yalu` command.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// Pages with tables of keys. Together they have all.
const GUIDES: [&str; 3] = ["docs/dossier.md", "docs/structure.md", "docs/evidence.md"];

/// What `yalu schema` knows, and the file of each.
const SCHEMAS: [(&str, &str); 8] = [
    ("dossier", "docs/reference/dossier.schema.json"),
    ("assessment", "docs/reference/assessment.schema.json"),
    ("scan", "docs/reference/scan.schema.json"),
    ("structure", "docs/reference/structure.schema.json"),
    ("claims", "docs/reference/claims.schema.json"),
    ("talk", "docs/reference/talk.schema.json"),
    ("recording", "docs/reference/recording.schema.json"),
    ("ledger", "docs/reference/ledger.schema.json"),
];

/// Schemas of what authors write, and what guides call the whole of each.
const AUTHORED: [(&str, &str); 3] = [
    ("dossier", "Dossier"),
    ("claims", "Claims"),
    ("talk", "Talk"),
];

/// Writes every generated file; with `check` only says which are out of date.
pub(crate) fn run(check: bool) -> Result<Vec<String>> {
    let root = crate::root()?;
    let mut schemas = Vec::new();
    let mut files = vec![("docs/reference/commands.md", commands(&root)?)];
    for (of, file) in SCHEMAS {
        let text = yalu(&root, &["schema", of])?;
        if let Some((_, name)) = AUTHORED.iter().find(|(one, _)| *one == of) {
            let schema: Value = serde_json::from_str(&text).context("the schema isn't JSON")?;
            schemas.push((*name, schema));
        }
        files.push((file, text));
    }
    let mut seen = BTreeSet::new();
    let mut guides = Vec::new();
    for name in GUIDES {
        let guide =
            fs::read_to_string(root.join(name)).with_context(|| format!("{name} can't be read"))?;
        guides.push((name, with_key_tables(name, &guide, &schemas, &mut seen)?));
    }
    for (_, schema) in &schemas {
        refuse_missing(schema, &seen)?;
    }
    files.extend(guides);
    let mut faults = Vec::new();
    for (name, text) in files {
        let path = root.join(name);
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        if check {
            faults.push(format!(
                "{name} is out of date; write it anew with `cargo xtask gen`"
            ));
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, text).with_context(|| format!("{name} can't be written"))?;
        println!("{name} written");
    }
    if check && faults.is_empty() {
        println!("generated files are up to date");
    }
    Ok(faults)
}

/// What `yalu` prints. No terminal is in its reach, so that lines break in the same places.
fn yalu(root: &Path, args: &[&str]) -> Result<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--package", "yalu", "--"])
        .args(args)
        .current_dir(root)
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .output()
        .context("cargo can't be started")?;
    if !output.status.success() {
        bail!(
            "`yalu {}` failed: {}",
            args.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The help of every command, those below others included.
fn commands(root: &Path) -> Result<String> {
    let mut text = String::from(
        "# Commands\n\nWhat `yalu help` says, command by command. Written by `cargo xtask gen`.\n",
    );
    let mut waiting: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(words) = waiting.pop() {
        let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
        args.push("--help");
        let help = yalu(root, &args)?;
        let name = std::iter::once("yalu")
            .chain(words.iter().map(String::as_str))
            .collect::<Vec<_>>()
            .join(" ");
        write!(text, "\n## {name}\n```text\n{}\n```\n", help.trim_end())?;
        // The last is taken first.
        for below in subcommands(&help).into_iter().rev() {
            let mut longer = words.clone();
            longer.push(below);
            waiting.push(longer);
        }
    }
    Ok(text)
}

/// The names under `Commands:` in a help text.
fn subcommands(help: &str) -> Vec<String> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// The guide with each `<!-- keys: NAME -->` … `<!-- end of keys -->` filled from the schemas.
/// `NAME` is a definition of one of them, or what guides call the whole. Adds the names to `seen`.
fn with_key_tables(
    page: &str,
    guide: &str,
    schemas: &[(&str, Value)],
    seen: &mut BTreeSet<String>,
) -> Result<String> {
    const END: &str = "<!-- end of keys -->";
    let mut out = String::new();
    let mut rest = guide;
    while let Some(start) = rest.find("<!-- keys: ") {
        let after = &rest[start..];
        let line = after.lines().next().unwrap_or_default();
        let name = line
            .trim_start_matches("<!-- keys: ")
            .trim_end_matches(" -->")
            .trim();
        let end = after
            .find(END)
            .with_context(|| format!("{page}: the keys of {name} have no `{END}`"))?;
        let table = schemas
            .iter()
            .find_map(|(whole, schema)| {
                let definition = if name == *whole {
                    schema
                } else {
                    &schema["$defs"][name]
                };
                key_table(definition, schema)
            })
            .with_context(|| format!("{page}: no schema has keys of `{name}`"))?;
        seen.insert(name.to_owned());
        out.push_str(&rest[..start]);
        write!(out, "{line}\n{table}")?;
        rest = &after[end..];
    }
    out.push_str(rest);
    Ok(out)
}

/// A definition with keys that no page has.
fn refuse_missing(schema: &Value, seen: &BTreeSet<String>) -> Result<()> {
    let missing: Vec<&str> = schema["$defs"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, one)| one.get("properties").is_some() && !seen.contains(*name))
        .map(|(name, _)| name.as_str())
        .collect();
    if !missing.is_empty() {
        bail!(
            "{} have no `<!-- keys: ... -->` for {}",
            GUIDES.join(" and "),
            missing.join(", ")
        );
    }
    Ok(())
}

fn key_table(definition: &Value, root: &Value) -> Option<String> {
    let properties = definition["properties"].as_object()?;
    let required: Vec<&str> = definition["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut table =
        String::from("| key | type | without it | meaning |\n| --- | --- | --- | --- |\n");
    for (name, property) in properties {
        let without = if required.contains(&name.as_str()) {
            "must be there".to_owned()
        } else {
            default_words(property, root)
        };
        let _ = writeln!(
            table,
            "| `{name}` | {} | {without} | {} |",
            type_words(property, root),
            meaning(property)
        );
    }
    Some(table)
}

fn meaning(property: &Value) -> String {
    property["description"]
        .as_str()
        .unwrap_or_default()
        .replace('\n', " ")
        .replace('|', "\\|")
}

fn resolve<'a>(property: &'a Value, root: &'a Value) -> &'a Value {
    property["$ref"]
        .as_str()
        .and_then(|reference| root.pointer(reference.trim_start_matches('#')))
        .unwrap_or(property)
}

/// The words of a closed list, each with what it means.
fn choices(definition: &Value) -> Option<Vec<String>> {
    let list = definition["oneOf"].as_array()?;
    Some(
        list.iter()
            .filter_map(|one| Some(format!("`{}`", one["const"].as_str()?)))
            .collect(),
    )
}

fn type_words(property: &Value, root: &Value) -> String {
    let definition = resolve(property, root);
    if let Some(any) = definition["anyOf"].as_array() {
        return any
            .iter()
            .filter(|one| one["type"] != "null")
            .map(|one| type_words(one, root))
            .collect::<Vec<_>>()
            .join(" or ");
    }
    if let Some(choices) = choices(definition) {
        return choices.join(", ");
    }
    let kind = match &definition["type"] {
        Value::Array(kinds) => kinds.iter().find(|one| **one != "null"),
        one => Some(one),
    };
    match kind.and_then(Value::as_str) {
        Some("string") => "text".to_owned(),
        Some("integer") => "whole number".to_owned(),
        Some("number") => "number".to_owned(),
        Some("boolean") => "`true`, `false`".to_owned(),
        Some("object") => "table".to_owned(),
        Some("array") => match definition.get("items") {
            Some(items) => format!("list of {}", plural(&type_words(items, root))),
            None => "list".to_owned(),
        },
        _ => "any".to_owned(),
    }
}

fn plural(words: &str) -> String {
    match words {
        "text" => "texts".to_owned(),
        "whole number" | "number" | "table" => format!("{words}s"),
        _ => match words.strip_prefix("list of ") {
            Some(inner) => format!("lists of {inner}"),
            None => words.to_owned(),
        },
    }
}

fn default_words(property: &Value, root: &Value) -> String {
    match property.get("default") {
        None | Some(Value::Null) => "nothing".to_owned(),
        Some(Value::Array(list)) if list.is_empty() => "empty".to_owned(),
        Some(Value::Object(_)) => "its keys' own".to_owned(),
        Some(Value::String(text)) if choices(resolve(property, root)).is_some() => {
            format!("`{text}`")
        }
        Some(value) => format!("`{value}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_commands_are_read_from_help() {
        let help = "About\n\nCommands:\n  run   Assess\n  new   Write\n          more lines\n  help  Print this\n\nOptions:\n  -q\n";
        assert_eq!(subcommands(help), ["run", "new"]);
    }

    #[test]
    fn a_guide_without_a_definition_is_a_fault() {
        let schema = serde_json::json!({
            "properties": { "format": { "type": "integer", "description": "The version." } },
            "required": ["format"],
            "$defs": { "Model": { "properties": { "seed": { "type": "integer", "default": 7 } } } }
        });
        let guide = "a\n<!-- keys: Dossier -->\nold\n<!-- end of keys -->\nb\n";
        let fill = |text: &str| {
            let mut seen = BTreeSet::new();
            let filled = with_key_tables("a page", text, &schema, &mut seen)?;
            for (_, schema) in &schemas {
                refuse_missing(schema, &seen)?;
            }
            anyhow::Ok(filled)
        };
        assert!(fill(guide).is_err());
        let both = format!("{guide}<!-- keys: Model -->\n<!-- end of keys -->\n");
        let filled = fill(&both).expect("both are there");
        assert!(
            filled.contains("| `format` | whole number | must be there | The version. |"),
            "{filled}"
        );
        assert!(
            filled.contains("| `seed` | whole number | `7` |"),
            "{filled}"
        );
        assert!(!filled.contains("old"));
        // Filling it again changes nothing.
        assert_eq!(fill(&filled).expect("again"), filled);
    }
}
