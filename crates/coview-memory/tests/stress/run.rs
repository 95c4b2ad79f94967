//! One run: what it is asked for, in a directory of its own, and its figures.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use coview_memory::Mapping;

use crate::common::{Random, leftovers, one_further_call};
use crate::crowd::Crowd;
use crate::tally::{Count, Tally};
use crate::worker;

struct Asked {
    seconds: u64,
    processes: usize,
    names: usize,
    seed: u64,
    planted: Option<String>,
}

pub(crate) fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--heir", name, token, tally] => worker::inherit(name, token, &Tally::inherited(tally)),
        ["--worker", names, seed, tally] => {
            let names: Vec<String> = names.split('\n').map(str::to_owned).collect();
            worker::live(&names, &Tally::inherited(tally), seed.parse().expect("a seed"))
        }
        ["--in", ref rest @ ..] => return stress(&asked(rest)),
        ref rest => return in_own_folder(rest),
    }
    ExitCode::SUCCESS
}

/// The directory of the names is read once in a process: give it to one that has not read it.
fn in_own_folder(words: &[&str]) -> ExitCode {
    let asked = asked(words);
    let folder = PathBuf::from(format!("/dev/shm/coview-stress-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("a directory of its own");
    let mut program = Command::new(std::env::current_exe().expect("this program"));
    program.arg("--in").args(words).env("COVIEW_DIR", &folder);
    if let Some(fault) = &asked.planted {
        program.env("COVIEW_PLANTED", fault);
    }
    let done = program.status().expect("this program runs");
    std::fs::remove_dir_all(&folder).expect("its directory can be removed");
    if done.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn asked(words: &[&str]) -> Asked {
    let mut asked = Asked {
        seconds: 10,
        processes: 8,
        names: 3,
        seed: 0,
        planted: None,
    };
    for pair in words.chunks(2) {
        let [what, value] = pair else {
            panic!("{pair:?} lacks its value")
        };
        let number = || value.parse::<u64>().unwrap_or_else(|e| panic!("{what} {value}: {e}"));
        match *what {
            "--seconds" => asked.seconds = number(),
            "--processes" => asked.processes = number() as usize,
            "--names" => asked.names = number() as usize,
            "--seed" => asked.seed = number(),
            "--planted" => asked.planted = Some((*value).to_owned()),
            _ => panic!("{what} is not known"),
        }
    }
    asked
}

fn stress(asked: &Asked) -> ExitCode {
    assert!(
        asked.planted.is_none() || cfg!(coview_planted),
        "this build has no planted faults: --cfg coview_planted"
    );
    let seed = if asked.seed == 0 {
        u64::from(std::process::id())
    } else {
        asked.seed
    };
    // Both scopes: `names` of each.
    let names: Vec<String> = (0..asked.names * 2)
        .map(|at| format!(r"{}\stress-{}", ["Local", "Global"][at % 2], at / 2))
        .collect();
    let tally = Tally::new();
    let mut crowd = Crowd::new(&names, &tally, Random::new(seed).next());
    crowd.run(asked.processes, asked.seconds, asked.planted.is_some());
    let dead = leftovers(Mapping::directory()).len();
    one_further_call();
    let left = leftovers(Mapping::directory());
    let visible = crowd.visible();

    let of = |what| tally.get(what);
    println!(
        "lifetime: {} s, {} processes, {} names in each of two scopes, seed {seed}",
        asked.seconds, asked.processes, asked.names
    );
    println!(
        "  {} operations: {} created, {} opened, {} not found, {} closed",
        of(Count::Operations),
        of(Count::Created),
        of(Count::Opened),
        of(Count::NotFound),
        of(Count::Closed)
    );
    println!(
        "  {} process lives, {} forks, {} heirs; {} kills by the parent, {} by themselves",
        of(Count::Lives),
        of(Count::Forks),
        of(Count::Heirs),
        crowd.kills,
        of(Count::KilledThemselves)
    );
    println!(
        "  lost names {}, dirty objects {}, clashes {}, errors {}, hung {}",
        of(Count::Lost),
        of(Count::Dirty),
        of(Count::Clash),
        of(Count::Errors),
        of(Count::Hung)
    );
    println!(
        "  at the end: names visible {visible}, files of the dead {dead}, leftovers after one further call {}",
        left.len()
    );
    let good = !tally.is_bad() && visible == 0 && left.is_empty();
    let (succeeded, word) = match (&asked.planted, good) {
        (None, true) => (true, "nothing lost, nothing left".to_owned()),
        (None, false) => (false, format!("it does not hold; left: {left:?}")),
        (Some(fault), true) => (false, format!("the planted fault {fault} was not found")),
        (Some(fault), false) => (true, format!("the planted fault {fault} was found, as it must be")),
    };
    println!("  {word}");
    if succeeded {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
