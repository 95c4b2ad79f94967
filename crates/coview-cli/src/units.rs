//! Sizes and durations as people write them.

use std::time::Duration;

/// The units of a size. `KiB` and `K` are 1024, `kB` and `KB` are 1000, as in GNU's tools.
const SIZES: [(&str, u64); 18] = [
    ("", 1),
    ("B", 1),
    ("K", 1 << 10),
    ("KiB", 1 << 10),
    ("kB", 1000),
    ("KB", 1000),
    ("M", 1 << 20),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("G", 1 << 30),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("T", 1 << 40),
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("P", 1 << 50),
    ("PiB", 1 << 50),
    ("PB", 1_000_000_000_000_000),
];

/// The units of a duration, in milliseconds. A bare number is seconds, as for `sleep`.
const DURATIONS: [(&str, u64); 5] = [("", 1000), ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];

/// `4096`, `5KiB`, `1MiB`: bytes, at least one.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    match in_units(text, &SIZES) {
        Some(0) => Err("a mapping has at least one byte".into()),
        Some(bytes) => Ok(bytes),
        None => Err("not a size; write 4096, 5KiB or 1MiB".into()),
    }
}

/// `20s`, `500ms`, `2m`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let millis = in_units(text, &DURATIONS);
    millis
        .map(Duration::from_millis)
        .ok_or_else(|| "not a duration; write 500ms, 20s or 2m".into())
}

/// As [`parse_duration`], of what is done again after each such time: at least a millisecond, so that nothing spins.
pub(crate) fn parse_interval(text: &str) -> Result<Duration, String> {
    match parse_duration(text)? {
        Duration::ZERO => Err("an interval has at least a millisecond".into()),
        interval => Ok(interval),
    }
}

/// A whole number and one of the units, with or without a space between; `None` if it is no such thing or too large.
fn in_units(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, factor) = units.iter().find(|(known, _)| *known == unit.trim_start_matches(' '))?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes) in [
            ("4096", 4096),
            ("1B", 1),
            ("5KiB", 5120),
            ("5 KiB", 5120),
            ("2K", 2048),
            ("2kB", 2000),
        ] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        assert_eq!(parse_size("8TiB"), Ok(8 << 40));
        for bad in [
            "",
            "KiB",
            "-1",
            "+1",
            "1.5MiB",
            "5kib",
            "5 Ki B",
            "0",
            "99999999999999999999",
            "99999PiB",
            " 1",
        ] {
            assert!(parse_size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn durations() {
        for (text, millis) in [
            ("500ms", 500),
            ("20s", 20_000),
            ("20", 20_000),
            ("2m", 120_000),
            ("1h", 3_600_000),
        ] {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        assert_eq!(parse_duration("0"), Ok(Duration::ZERO));
        assert!(parse_interval("0").is_err() && parse_interval("0ms").is_err());
        assert_eq!(parse_interval("1ms"), Ok(Duration::from_millis(1)));
        for bad in ["", "s", "-1s", "1.5s", "1d", "1 s s", "99999999999999999999h"] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }
}
