//! The description of the API (OpenAPI 3.1).

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};
use yalu_discussion::{Erasure, PersonExport, Thread};
use yalu_dossier::assessment::Assessment;

use crate::answers::{
    ChoicesAnswer, DossierAnswer, DossiersAnswer, ErrorAnswer, EvolutionAnswer, Posted,
    ReceiptAnswer, VerdictAnswer,
};

/// The description, for a site at `address`.
pub fn openapi(address: &str) -> Value {
    let settings = SchemaSettings::draft2020_12();
    let mut schemas = settings
        .with(|one| one.definitions_path = "/components/schemas".into())
        .into_generator();
    let paths = paths(&mut schemas);
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
        "paths": paths,
        "components": {
            "schemas": schemas.take_definitions(true),
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

/// The place of a type's schema among the components, which it joins.
fn of<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Value {
    schemas.subschema_for::<T>().to_value()
}

fn answer(description: &str, schema: &Value) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

fn failure(description: &str) -> Value {
    let error = format!("#/components/schemas/{}", ErrorAnswer::schema_name());
    answer(description, &json!({ "$ref": error }))
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

fn paths(schemas: &mut SchemaGenerator) -> Value {
    // Every failure names it.
    of::<ErrorAnswer>(schemas);
    let id =
        json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } });
    let with_id = |more: Vec<Value>| -> Value {
        let mut all = vec![id.clone()];
        all.extend(more);
        Value::Array(all)
    };
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
    let mut comments = read(
        "Comments that are shown at a place",
        with_id(vec![
            json!({ "name": "about", "in": "query", "schema": { "type": "string" } }),
            json!({ "name": "offset", "in": "query", "schema": { "type": "integer", "minimum": 0, "maximum": u32::MAX } }),
        ]),
        &of::<Thread>(schemas),
    );
    comments["post"] = json!({
        "summary": "Sends a comment",
        "parameters": with_id(Vec::new()),
        "requestBody": { "required": true, "content": { "application/json": { "schema": of::<Posted>(schemas) } } },
        "responses": {
            "201": answer("It is stored.", &of::<ReceiptAnswer>(schemas)),
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
    let mine = |summary: &str, schema: &Value| {
        json!({
            "summary": summary,
            "security": [{ "token": [] }],
            "responses": {
                "200": answer("Done.", schema),
                "401": failure("No token, or none of ours."),
                "404": failure("This site has no discussion."),
                "503": failure("Not just now."),
            },
        })
    };
    json!({
        "/openapi.json": read("This description", json!([]), &json!({ "type": "object" })),
        "/dossiers": read("Every dossier", json!([]), &of::<DossiersAnswer>(schemas)),
        "/dossiers/{id}": read("One dossier", with_id(Vec::new()), &of::<DossierAnswer>(schemas)),
        "/dossiers/{id}/choices": read("What can be set of it", with_id(Vec::new()), &of::<ChoicesAnswer>(schemas)),
        "/dossiers/{id}/verdict": read("The verdict under a setting", with_id(setting()), &of::<VerdictAnswer<'static>>(schemas)),
        "/dossiers/{id}/assessment": read("The assessment under a setting", with_id(setting()), &of::<Assessment>(schemas)),
        "/dossiers/{id}/evolution": read("The verdict at every date that was computed so far", with_id(Vec::new()), &of::<EvolutionAnswer<'static>>(schemas)),
        "/dossiers/{id}/comments": comments,
        "/mine": {
            "get": mine("What is stored under a token", &of::<PersonExport>(schemas)),
            "delete": mine("Deletes what is stored under a token", &of::<Erasure>(schemas)),
        },
    })
}
