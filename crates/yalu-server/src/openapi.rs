//! The description of the API (OpenAPI 3.1).

use serde_json::{Value, json};
use yalu_dossier::schema::assessment_schema;

/// The description, for a site at `address`.
pub fn openapi(address: &str) -> Value {
    let mut assessment = assessment_schema();
    // Definitions stand among the components, under one name each.
    let definitions = assessment
        .as_object_mut()
        .and_then(|schema| schema.remove("$defs"))
        .unwrap_or_else(|| json!({}));
    let mut schemas = json!({
        "Error": {
            "type": "object",
            "required": ["error"],
            "properties": { "error": {
                "type": "object",
                "required": ["message", "fields"],
                "properties": {
                    "message": { "type": "string" },
                    "fields": { "type": "array", "items": {
                        "type": "object",
                        "required": ["field", "message"],
                        "properties": { "field": { "type": "string" }, "message": { "type": "string" } },
                    } },
                },
            } },
        },
        "Dossier": {
            "type": "object",
            "required": ["id", "faults"],
            "properties": {
                "id": { "type": "string" },
                "title": { "type": "string" },
                "question": { "type": "string" },
                "source": { "type": "string" },
                "target": { "type": "string" },
                "authors": { "type": "array", "items": { "type": "string" } },
                "as_of": { "type": "array", "items": { "type": "string", "format": "date" } },
                "faults": { "type": "array", "items": { "type": "string" } },
            },
        },
        "NewComment": {
            "type": "object",
            "required": ["name", "text"],
            "additionalProperties": false,
            "properties": {
                "about": { "type": "string", "description": "What is discussed: empty for the dossier, `indicator-ID` or `claim-ID`." },
                "reply_to": { "type": ["integer", "null"], "format": "int64" },
                "name": { "type": "string", "minLength": 1, "maxLength": 80 },
                "email": { "type": ["string", "null"], "maxLength": 254, "description": "Never shown." },
                "text": { "type": "string", "minLength": 1, "maxLength": 10000, "description": "Markdown." },
                "token": { "type": ["string", "null"], "description": "Of an earlier comment, so that both stand under one." },
            },
        },
        "Receipt": {
            "type": "object",
            "required": ["id", "state", "token", "repeated"],
            "properties": {
                "id": { "type": "integer" },
                "state": { "enum": ["held", "shown"] },
                "token": { "type": ["string", "null"], "description": "Shown this once." },
                "repeated": { "type": "boolean" },
            },
        },
        "Assessment": move_references(assessment),
    });
    if let (Some(all), Some(definitions)) = (schemas.as_object_mut(), definitions.as_object()) {
        for (name, definition) in definitions {
            all.insert(name.clone(), move_references(definition.clone()));
        }
    }
    let version = env!("CARGO_PKG_VERSION");
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Yalu",
            "version": version,
            "description": "Assessments of dossiers, answered under any of their settings, and the discussion.",
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": format!("{address}/api/v1") }],
        "paths": paths(),
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

/// `#/$defs/NAME` becomes `#/components/schemas/NAME`.
fn move_references(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            fields.shift_remove("$schema");
            for (key, inner) in fields.iter_mut() {
                if key == "$ref"
                    && let Some(text) = inner.as_str()
                {
                    *inner = Value::from(text.replace("#/$defs/", "#/components/schemas/"));
                } else {
                    *inner = move_references(inner.take());
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = move_references(item.take());
            }
        }
        _ => {}
    }
    value
}

fn answer(description: &str, schema: &Value) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

fn failure(description: &str) -> Value {
    answer(
        description,
        &json!({ "$ref": "#/components/schemas/Error" }),
    )
}

fn setting() -> Vec<Value> {
    let one = |name: &str, schema: Value, words: &str| json!({ "name": name, "in": "query", "required": false, "schema": schema, "description": words });
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    vec![
        one(
            "as_of",
            json!({ "type": "string", "format": "date" }),
            "As of when; the dossier’s last date where left out.",
        ),
        one(
            "level",
            json!({ "type": "number", "minimum": 0.001, "maximum": 0.4 }),
            "The false-discovery rate of the break tests.",
        ),
        one(
            "horizon",
            json!({ "type": "integer", "minimum": 1, "maximum": 240 }),
            "Months that a new level must hold to count as lasting.",
        ),
        one("codes", texts.clone(), "`INDICATOR:GROUP`, repeated."),
        one(
            "exposure",
            json!({ "enum": ["dyad_total", "source_total", "world_total", "none"] }),
            "The denominator.",
        ),
        one(
            "without",
            texts.clone(),
            "A border to leave out, `CHN-JPN`, repeated.",
        ),
        one(
            "set",
            texts,
            "An actor’s value, `mfa.capability=80`, repeated.",
        ),
    ]
}

fn paths() -> Value {
    let id =
        json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } });
    let with_id = |more: Vec<Value>| -> Value {
        let mut all = vec![id.clone()];
        all.extend(more);
        Value::Array(all)
    };
    let any = json!({ "type": "object" });
    let read = |summary: &str, parameters: Value, schema: &Value| {
        json!({ "get": {
            "summary": summary,
            "parameters": parameters,
            "responses": {
                "200": answer("The answer.", schema),
                "400": failure("What is asked can’t be."),
                "404": failure("There is no such thing."),
                "422": failure("The dossier can’t be assessed so."),
                "503": failure("Not just now."),
            },
        } })
    };
    let dossier = json!({ "$ref": "#/components/schemas/Dossier" });
    let mut comments = read(
        "Comments that are shown at a place",
        with_id(vec![
            json!({ "name": "about", "in": "query", "schema": { "type": "string" } }),
            json!({ "name": "offset", "in": "query", "schema": { "type": "integer", "minimum": 0, "maximum": u32::MAX } }),
        ]),
        &any,
    );
    comments["post"] = json!({
        "summary": "Sends a comment",
        "parameters": with_id(Vec::new()),
        "requestBody": { "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/NewComment" } } } },
        "responses": {
            "201": answer("It is stored.", &json!({ "$ref": "#/components/schemas/Receipt" })),
            "400": failure("It can’t be read."),
            "403": failure("It isn’t taken here."),
            "404": failure("There is no such place."),
            "409": failure("What it answers isn’t there."),
            "413": { "description": "It is too large." },
            "415": failure("It isn’t JSON."),
            "422": failure("It needs mending, field by field."),
            "429": failure("Too many from here."),
            "503": failure("Not just now."),
        },
    });
    let mine = |summary: &str| {
        json!({
            "summary": summary,
            "security": [{ "token": [] }],
            "responses": {
                "200": answer("Done.", &any),
                "401": failure("No token, or none of ours."),
                "404": failure("This site has no discussion."),
                "503": failure("Not just now."),
            },
        })
    };
    json!({
        "/openapi.json": read("This description", json!([]), &any),
        "/dossiers": read("Every dossier", json!([]), &json!({ "type": "object", "properties": { "dossiers": { "type": "array", "items": dossier } } })),
        "/dossiers/{id}": read("One dossier", with_id(Vec::new()), &dossier),
        "/dossiers/{id}/choices": read("What can be set of it", with_id(Vec::new()), &any),
        "/dossiers/{id}/verdict": read("The verdict under a setting", with_id(setting()), &any),
        "/dossiers/{id}/assessment": read("The assessment under a setting", with_id(setting()), &json!({ "$ref": "#/components/schemas/Assessment" })),
        "/dossiers/{id}/evolution": read("The verdict at every date that was computed so far", with_id(Vec::new()), &any),
        "/dossiers/{id}/comments": comments,
        "/mine": { "get": mine("What is stored under a token"), "delete": mine("Deletes what is stored under a token") },
    })
}
