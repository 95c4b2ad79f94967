//! One content as a line of JSON. Two fields and three kinds of value: not worth a library.

use std::fmt::Write;

/// `{"name":..., "bytes":n, "text":...}`, or `"hex"` in place of `"text"` if the bytes are no UTF-8.
pub(crate) fn line(name: &str, content: &[u8]) -> String {
    let mut line = String::from("{\"name\":");
    string(&mut line, name);
    write!(line, ",\"bytes\":{},", content.len()).expect("a String takes all");
    match std::str::from_utf8(content) {
        Ok(text) => {
            line.push_str("\"text\":");
            string(&mut line, text);
        }
        Err(_) => {
            line.push_str("\"hex\":\"");
            for byte in content {
                write!(line, "{byte:02x}").expect("a String takes all");
            }
            line.push('"');
        }
    }
    line.push('}');
    line
}

/// RFC 8259, section 7: quotation mark, backslash and control characters must be escaped, nothing else need be. DEL and
/// the two Unicode line ends are escaped too, for the sake of terminals and of JavaScript.
fn string(line: &mut String, text: &str) {
    line.push('"');
    for c in text.chars() {
        match c {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                write!(line, "\\u{:04x}", c as u32).expect("a String takes all");
            }
            c => line.push(c),
        }
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn text_is_text_and_anything_else_is_hex() {
        assert_eq!(line("board", b"3:1"), r#"{"name":"board","bytes":3,"text":"3:1"}"#);
        assert_eq!(line("b", b""), r#"{"name":"b","bytes":0,"text":""}"#);
        assert_eq!(line("b", b"\xff\x01a"), r#"{"name":"b","bytes":3,"hex":"ff0161"}"#);
        assert_eq!(line("共", "é🦀".as_bytes()), r#"{"name":"共","bytes":6,"text":"é🦀"}"#);
    }

    #[test]
    fn what_json_cannot_hold_is_escaped() {
        let expected = r#"{"name":"Local\\\"x","bytes":9,"text":"\t\n\r\u001b\u007f\"\\\u0085"}"#;
        assert_eq!(line("Local\\\"x", "\t\n\r\x1b\x7f\"\\\u{85}".as_bytes()), expected);
    }
}
