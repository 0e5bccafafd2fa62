//! JSON whose numbers come back to the last bit.
//!
//! `serde_json` writes a number with as many digits as it takes, but reads one of 17 digits in a quick way that may miss by
//! one unit in the last place. Its feature `float_roundtrip` would not; features are shared with all of Burn, which would
//! then be compiled with it. So fractions travel through the library as text here, and the standard library reads them.

use serde::de::DeserializeOwned;
use serde_json::{Number, Value};

/// First character of a text that stands for a fraction: of the private use area, where no text of ours begins.
const MARK: char = '\u{F8FF}';

/// Reads a value out of JSON text, every number exactly as it was written.
///
/// # Errors
/// Those of `serde_json`: the text is no JSON, or not of this form.
pub fn read<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    let mut value: Value = serde_json::from_slice(&with_marked_fractions(text))?;
    restore(&mut value);
    serde_json::from_value(value)
}

/// The text with every number that is no whole one as a marked string.
fn with_marked_fractions(text: &[u8]) -> Vec<u8> {
    let mut marked = Vec::with_capacity(text.len() + text.len() / 4);
    let mut rest = text;
    let (mut in_string, mut is_escaped) = (false, false);
    while let Some((&byte, after)) = rest.split_first() {
        let token = if in_string { 0 } else { length_of_number(rest) };
        if token > 0 {
            let (number, after) = rest.split_at(token);
            if number.iter().any(|byte| b".eE".contains(byte)) {
                marked.push(b'"');
                marked.extend(MARK.to_string().as_bytes());
                marked.extend(number);
                marked.push(b'"');
            } else {
                marked.extend(number);
            }
            rest = after;
            continue;
        }
        in_string = if in_string { byte != b'"' || is_escaped } else { byte == b'"' };
        is_escaped = in_string && byte == b'\\' && !is_escaped;
        marked.push(byte);
        rest = after;
    }
    marked
}

/// Bytes of the number that `text` begins with; 0 where it begins with none.
fn length_of_number(text: &[u8]) -> usize {
    match text.first() {
        Some(b'-' | b'0'..=b'9') => {
            text.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')).count()
        }
        _ => 0,
    }
}

/// Puts the numbers back; what is none stays text, which no field for a number takes.
fn restore(value: &mut Value) {
    match value {
        Value::String(text) => {
            let number = text.strip_prefix(MARK).and_then(|digits| digits.parse().ok()).and_then(Number::from_f64);
            if let Some(number) = number {
                *value = Value::Number(number);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(restore),
        Value::Object(fields) => fields.values_mut().for_each(restore),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::*;
    use crate::seed::{Purpose, stream};

    #[test]
    fn every_number_comes_back_to_the_last_bit() {
        let mut rng = stream(1, Purpose::Augmentation, 0);
        let numbers: Vec<f64> = (0..20_000)
            .flat_map(|_| [f64::from_bits(rng.next_u64()), rng.next_u64() as f64 / u64::MAX as f64])
            .filter(|number| number.is_finite())
            .collect();
        let text = serde_json::to_vec(&numbers).expect("numbers");
        let back: Vec<f64> = read(&text).expect("its own text");
        assert!(numbers.iter().zip(&back).all(|(a, b)| a.to_bits() == b.to_bits()));
        // What this file is for: the library's own reader loses some.
        let lossy: Vec<f64> = serde_json::from_slice(&text).expect("its own text");
        assert!(numbers != lossy, "serde_json reads exactly by now: this file can go");
    }

    #[test]
    fn all_else_is_as_it_was() {
        for text in [
            r#"{"a":"1.5 \" 2.5","b":[1,-2,18446744073709551615,null,true],"\\":"\\","c":{"d":-1.5e-7}}"#,
            "[]",
            r#""1e5""#,
            " 0.1 ",
        ] {
            let ours: Value = read(text.as_bytes()).expect("JSON");
            assert_eq!(ours, serde_json::from_str::<Value>(text).expect("JSON"), "{text}");
        }
        for text in ["[1.5.5]", "[1.2", "{\"a\":1e999}", "-", "", "[.5]"] {
            assert!(read::<Vec<f64>>(text.as_bytes()).is_err(), "{text}");
        }
    }
}
