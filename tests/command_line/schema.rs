//! Checks a document against a JSON Schema, as far as schemas use what is known here; an unknown keyword fails.
//!
//! A validator from the registry would switch on features of libraries that Burn uses, and compile Burn a second time.

use serde_json::{Map, Value};

/// Keywords that say nothing about what is allowed.
const WORDS: [&str; 6] = ["$schema", "$defs", "title", "description", "default", "format"];

/// Everything about `value` that `schema` forbids, each with its place.
pub fn violations(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Check { root: schema }.visit(schema, value, "", &mut found);
    found
}

struct Check<'a> {
    root: &'a Value,
}

impl Check<'_> {
    fn visit(&self, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
        let Value::Object(rules) = schema else {
            if schema == &Value::Bool(false) {
                found.push(format!("{place}: nothing is allowed here"));
            }
            return;
        };
        for (keyword, rule) in rules {
            let mut deny = |problem: String| found.push(format!("{place}: {problem}"));
            match keyword.as_str() {
                "$ref" => {
                    let target =
                        rule.as_str().and_then(|path| self.root.pointer(&path[1..])).expect("a known reference");
                    self.visit(target, value, place, found);
                }
                "type" => {
                    if !is_of(rule, value) {
                        deny(format!("{value} is not of type {rule}"));
                    }
                }
                "const" => {
                    if rule != value {
                        deny(format!("{value} is not {rule}"));
                    }
                }
                "enum" => {
                    if !list(rule).contains(value) {
                        deny(format!("{value} is none of {rule}"));
                    }
                }
                // Bounds speak of numbers alone: a number that may be null may be null.
                "minimum" => {
                    if value.is_number() && value.as_f64() < rule.as_f64() {
                        deny(format!("{value} is below {rule}"));
                    }
                }
                "maximum" => {
                    if value.is_number() && value.as_f64() > rule.as_f64() {
                        deny(format!("{value} is above {rule}"));
                    }
                }
                "anyOf" | "oneOf" => {
                    let fits = list(rule).iter().filter(|choice| self.fits(choice, value)).count();
                    if fits == 0 || (keyword == "oneOf" && fits > 1) {
                        deny(format!("{value} fits {fits} of {} choices", list(rule).len()));
                    }
                }
                "required" => {
                    for name in list(rule).iter().filter(|name| value.get(name.as_str().expect("a name")).is_none()) {
                        deny(format!("{name} is missing"));
                    }
                }
                "properties" => self.visit_fields(rules, value, place, found),
                "additionalProperties" => assert!(rule.is_boolean(), "a closed or an open object"),
                "items" => {
                    for (number, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.visit(rule, item, &format!("{place}/{number}"), found);
                    }
                }
                "minItems" | "maxItems" => {
                    let count = value.as_array().map(|items| items.len() as u64);
                    let wrong = if keyword == "minItems" { count < rule.as_u64() } else { count > rule.as_u64() };
                    if wrong {
                        deny(format!("{count:?} items where {keyword} is {rule}"));
                    }
                }
                word => assert!(WORDS.contains(&word), "the keyword {word} is not known to this test"),
            }
        }
    }

    fn visit_fields(&self, rules: &Map<String, Value>, value: &Value, place: &str, found: &mut Vec<String>) {
        let closed = rules.get("additionalProperties") == Some(&Value::Bool(false));
        for (name, field) in value.as_object().into_iter().flatten() {
            match rules["properties"].get(name) {
                Some(rule) => self.visit(rule, field, &format!("{place}/{name}"), found),
                None if closed => found.push(format!("{place}: {name} is not known")),
                None => found.push(format!("{place}: {name} is not described")),
            }
        }
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        let mut found = Vec::new();
        self.visit(schema, value, "", &mut found);
        found.is_empty()
    }
}

fn list(rule: &Value) -> &[Value] {
    rule.as_array().expect("a list")
}

fn is_of(rule: &Value, value: &Value) -> bool {
    match rule {
        Value::Array(types) => types.iter().any(|one| is_of(one, value)),
        one => match one.as_str().expect("a type's name") {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            "integer" => value.is_u64() || value.is_i64(),
            "number" => value.is_number(),
            other => panic!("the type {other} is not known to this test"),
        },
    }
}
