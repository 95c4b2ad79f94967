//! Just enough of Rust's grammar for the rules: words without comments and strings, and the paths that code names.

/// A word or a sign (`::` is one) and its line, from 0.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) line: usize,
}

/// The tokens of some Rust, without comments, strings, characters and lifetimes.
pub(super) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (source, 0);
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest).unwrap_or_else(|| {
            let word = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            let length = if word > 0 {
                word
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            if !first.is_whitespace() {
                tokens.push(Token {
                    text: &rest[..length],
                    line,
                });
            }
            length
        });
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How long the comment, string, character or lifetime is that starts here, if one does.
fn skipped(rest: &str) -> Option<usize> {
    let to = |end: Option<usize>| Some(end.unwrap_or(rest.len()));
    if rest.starts_with("//") {
        return to(rest.find('\n'));
    }
    if rest.starts_with("/*") {
        return to(block_comment(rest));
    }
    // b"", c"", r"", br#""# and the like begin as words do.
    let prefix = rest.find(|c| !matches!(c, 'b' | 'c' | 'r')).unwrap_or(rest.len());
    let (raw, body) = (rest[..prefix].ends_with('r'), &rest[prefix..]);
    let hashes = body.len() - body.trim_start_matches('#').len();
    if prefix <= 2 && raw && body[hashes..].starts_with('"') {
        let end = format!("\"{}", "#".repeat(hashes));
        let start = prefix + hashes + 1;
        return to(rest[start..].find(&end).map(|at| start + at + end.len()));
    }
    if prefix <= 1 && body.starts_with('"') {
        return to(quoted(body, '"').map(|end| prefix + end));
    }
    if prefix <= 1 && body.starts_with('\'') {
        // 'a and not 'a' is a lifetime; '\n' is a character whatever follows.
        let mut chars = body.chars().skip(1);
        let (second, third) = (chars.next(), chars.next());
        return match (second, third) {
            (Some('\\'), _) | (_, Some('\'')) => to(quoted(body, '\'').map(|end| prefix + end)),
            _ => Some(prefix + 1),
        };
    }
    None
}

fn block_comment(rest: &str) -> Option<usize> {
    let (mut depth, mut at) = (0, 0);
    loop {
        at += rest[at..].find("/*").into_iter().chain(rest[at..].find("*/")).min()?;
        depth += if rest[at..].starts_with("/*") { 1 } else { -1 };
        at += 2;
        if depth == 0 {
            return Some(at);
        }
    }
}

fn quoted(body: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    body.char_indices().skip(1).find_map(|(at, c)| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(at + 1)
    })
}

/// Every path of its own crate that a file names, from the crate's root, as `["os", "linux", "lock"]`, with its line.
///
/// `module` is the file's own place; `self`, `super` and modules inside of the file are followed.
pub(super) fn crate_paths(source: &str, module: &[String]) -> Vec<(Vec<String>, usize)> {
    let tokens = tokens(source);
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let mut found = Vec::new();
    let mut here = module.to_vec();
    // How deep in braces each module inside of the file began.
    let (mut depth, mut inner) = (0, Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        let starts_path = at == 0 || text(at - 1) != "::";
        match text(at) {
            "mod" if text(at + 2) == "{" => {
                inner.push(depth);
                here.push(text(at + 1).to_owned());
                at += 1;
            }
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                if inner.last() == Some(&depth) {
                    inner.pop();
                    here.pop();
                }
            }
            "crate" | "super" | "self" if starts_path && text(at + 1) == "::" => {
                let mut base = if text(at) == "crate" { Vec::new() } else { here.clone() };
                let line = tokens[at].line;
                if text(at) == "super" {
                    base.pop();
                }
                at += 2;
                while text(at) == "super" && text(at + 1) == "::" {
                    base.pop();
                    at += 2;
                }
                let texts: Vec<_> = tokens[at..].iter().map(|token| token.text).collect();
                let (paths, used) = branches(&texts, &base);
                found.extend(paths.into_iter().map(|path| (path, line)));
                at += used;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// The paths of one `use` tree, or of one path in an expression, and how many tokens they took.
fn branches(tokens: &[&str], base: &[String]) -> (Vec<Vec<String>>, usize) {
    let text = |at: usize| tokens.get(at).copied().unwrap_or("");
    let mut path = base.to_vec();
    let mut at = 0;
    while text(at).starts_with(is_word) {
        if text(at) != "self" {
            path.push(text(at).to_owned());
        }
        at += 1;
        if text(at) != "::" {
            return (vec![path], at);
        }
        at += 1;
    }
    if text(at) != "{" {
        // A star, or the < of generic arguments.
        return (vec![path], at + usize::from(text(at) == "*"));
    }
    at += 1;
    let mut paths = Vec::new();
    while at < tokens.len() && text(at) != "}" {
        if text(at).starts_with(is_word) || text(at) == "*" {
            let (more, used) = branches(&tokens[at..], &path);
            paths.extend(more);
            at += used.max(1);
            // `as` and the new name.
            if text(at) == "as" {
                at += 2;
            }
        } else {
            at += 1;
        }
    }
    (paths, at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<&str> {
        tokens(source).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_strings_and_characters_are_no_words() {
        assert_eq!(words("a // b\nc /* d /* e */ f */ g"), ["a", "c", "g"]);
        assert_eq!(
            words(r##"x("b\"c", r#"d"e"#, b"f", c"g", br"h\") y"##),
            ["x", "(", ",", ",", ",", ",", ")", "y"]
        );
        assert_eq!(words(r"'a' '\'' b'c' &'static x"), ["&", "static", "x"]);
        assert_eq!(words("crate::bcr r#type"), ["crate", "::", "bcr", "r", "#", "type"]);
    }

    #[test]
    fn lines_count_through_what_is_skipped() {
        let lines: Vec<_> = tokens("/* \n */ a \"\n\" b")
            .into_iter()
            .map(|token| token.line)
            .collect();
        assert_eq!(lines, [1, 2]);
    }

    #[test]
    fn every_way_to_name_a_path_is_followed() {
        let here: Vec<String> = ["os".into(), "linux".into()].into();
        let paths = |source: &str| -> Vec<String> {
            crate_paths(source, &here)
                .into_iter()
                .map(|(path, _)| path.join("::"))
                .collect()
        };
        assert_eq!(paths("use crate::error::Error;"), ["error::Error"]);
        assert_eq!(
            paths("use crate::{a::{b, c::*}, d as e, f};"),
            ["a::b", "a::c", "d", "f"]
        );
        assert_eq!(
            paths("use super::windows; use self::x::y;"),
            ["os::windows", "os::linux::x::y"]
        );
        assert_eq!(paths("fn f() { crate::view::View::<u8>::new() }"), ["view::View"]);
        assert_eq!(
            paths("mod t { use super::super::a; } use super::b;"),
            ["os::a", "os::b"]
        );
    }
}
