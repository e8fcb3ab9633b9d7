//! What `convert` prints is read by the other dialect, as the same model but for what was said to
//! have no equivalent.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Arc;

use checkers::{Check, Expect, SendExpect, Transport};
use lvs_director::config::{self, Converted, Dialect, Severity, convert};
use lvs_director::model::{Alert, Command, Model, Netmask, ServiceId, Virtual};
use proptest::collection::vec;
use proptest::prelude::*;

use super::laws::one_virtual;
use super::names::Names;

#[test]
fn every_file_is_converted() {
    let mut usable = 0;
    for file in files() {
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        let Some(model) = config::read(&text, &Names).model else { continue };
        usable += 1;
        converted(&file.display().to_string(), &text, &model);
        // and the same dialect says all of it, failover services aside
        let printed = config::print(&model, Dialect::Ldirectord);
        let again = config::read(&printed, &Names).model.expect(&printed);
        if model.cluster.as_ref().is_none_or(|cluster| cluster.failovers.is_empty()) {
            assert_eq!(again.cluster, model.cluster, "{printed}");
        }
        let is_alone = model.cluster.is_none() && !model.settings.hard_shutdown;
        if is_alone || Dialect::of(&text) == Dialect::Ldirectord {
            assert_eq!(again, model, "{printed}");
        }
    }
    assert!(usable > 100, "{usable}");
}

/// Word for word, with what is complained of behind it. `REWRITE=1 cargo test` writes them anew.
#[test]
fn these_are_converted_as_people_would_write_them() {
    for name in ["site.cf", "lvs-sample.cf", "piranha.cf", "cluster-vrrp.cf", "lvs-cluster-vrrp.cf"]
    {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config").join(name);
        let text = fs::read_to_string(&path).unwrap();
        let model = config::read(&text, &Names).model.unwrap();
        let Converted { text, lost } = converted(name, &text, &model);
        let found = format!("{text}\n---- without equivalent:\n{}\n", lost.join("\n"));
        let expected = path.with_extension("converted");
        if std::env::var_os("REWRITE").is_some() {
            fs::write(expected, found).unwrap();
        } else {
            assert_eq!(found, fs::read_to_string(expected).unwrap(), "{name}");
        }
    }
}

/// A service that tells others than all the rest, or nobody, does so in the other file.
#[test]
fn whom_mail_goes_to_is_converted() {
    let text = "emailalert=all@example.com\nemailalertfreq=60\nemailalertstatus=running\n\
                virtual=192.0.2.1:80\n real=10.0.0.1:80 masq\n\
                virtual=192.0.2.2:80\n real=10.0.0.1:80 masq\n emailalert=\",\"\n emailalertfreq=0\n\
                virtual=192.0.2.3:80\n real=10.0.0.1:80 masq\n emailalert=me@example.com\n \
                emailalertstatus=all\n";
    let model = config::read(text, &Names).model.unwrap();
    assert_eq!(model.virtuals[1].alert.to, "");
    assert_eq!(converted("a.cf", text, &model).lost, Vec::<String>::new());
}

/// vqalive's file has no service: it becomes a block, of which nothing is lost.
#[test]
fn a_vqalive_conf_becomes_a_block() {
    let text = "promote_script /sbin/promote\ndemote_script /sbin/demote\ncheck_ip 10.0.0.3\n\
                check_port 25\ncheck_banner ^220.*$\ncheck_mode any\nwitness 10.0.0.1\n";
    let model = config::read(text, &Names).model.unwrap();
    let Converted { text, lost } = converted("vqalive.conf", text, &model);
    assert_eq!(lost, Vec::<String>::new(), "{text}");
    assert_eq!(config::read(&text, &Names).model, Some(model), "{text}");
}

#[test]
fn the_command_prints_it_and_complains_of_the_rest() {
    let run = |file: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config").join(file);
        let program = env!("CARGO_BIN_EXE_lvs-director");
        let output = process::Command::new(program).arg("convert").arg(path).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (status, out, complaints) = run("lvs-web.cf");
    assert_eq!(status, Some(0), "{complaints}");
    assert!(out.starts_with("# From /") && out.contains("\nvirtual=10.0.0.100:80\n"), "{out}");
    assert!(out.contains("\ncluster=pulse\n\taddress=10.0.0.100/24 eth0:1\n"), "{out}");
    assert!(complaints.contains("lvs-web.cf: `hard_shutdown = 1` has no equivalent\n"));
    let (status, out, complaints) = run("errors-real.cf");
    assert_eq!((status, out.as_str()), (Some(2), ""), "{complaints}");
    assert!(complaints.contains("errors-real.cf:"), "{complaints}");
}

proptest! {
    #[test]
    fn every_virtual_is_converted_there_and_back(virtuals in vec(one_virtual(), 1..4)) {
        let mut model = Model { virtuals, ..Model::default() };
        let mut seen = HashSet::new();
        model.virtuals.retain(|one| has_addresses(one) && seen.insert(one.service.id));
        let text = config::print(&model, Dialect::Ldirectord);
        prop_assert_eq!(&config::read(&text, &Names).model.unwrap(), &model, "{}", text);
        let there = converted("a.cf", &text, &model);
        prop_assert_eq!(&there.lost, &Vec::<String>::new(), "{}", there.text);
        let again = config::read(&there.text, &Names).model.unwrap();
        let back = converted("b.cf", &there.text, &again);
        prop_assert_eq!(&back.lost, &Vec::<String>::new(), "{}", back.text);
        prop_assert_eq!(config::read(&back.text, &Names).model.unwrap(), model);
    }
}

proptest! {
    /// Whatever the texts of a check and of the mail are: they are said, or said to be lost.
    #[test]
    fn every_text_is_converted_or_told(
        one in one_virtual(),
        texts in vec("[ -~\té]{0,12}", 5),
        from_lvs in any::<bool>(),
    ) {
        let mut one = Virtual { alert: Alert::default(), ..one };
        let [send, expect, name, comment, command] = texts.try_into().unwrap();
        let check = Arc::new(Check::SendExpect(SendExpect {
            transport: Transport::Tcp,
            send: send.into_bytes(),
            expect: match expect.as_str() {
                "" => Expect::Nothing,
                "*" => Expect::Anything,
                _ => Expect::Start(expect.into_bytes()),
            },
        }));
        one.reals.iter_mut().for_each(|real| real.check = Arc::clone(&check));
        one.alert.service_name = Some(name.trim().to_owned());
        one.alert.comment = Some(comment);
        one.fallback_command = Command::new(&command);
        let model = Model { virtuals: vec![one], ..Model::default() };
        converted("a.cf", if from_lvs { "virtual a {" } else { "virtual=1" }, &model);
    }
}

/// Whether no address is 0.0.0.0, which an lvs.cf takes for none.
fn has_addresses(one: &Virtual) -> bool {
    let none = match one.service.id {
        ServiceId::Address { address, .. } => address.ip().is_unspecified(),
        ServiceId::Mark { .. } => false,
    };
    let mask = one.service.persistence.as_ref().map(|persistence| persistence.netmask);
    let mut reals = one.reals.iter().map(|real| real.address.ip());
    !none && reals.all(|ip| !ip.is_unspecified()) && mask != Some(Netmask::V4([0; 4].into()))
}

/// All files that there are.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["", "tests/config", "tests/differential/files"].map(|name| root.join(name));
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    let named = |file: &PathBuf| {
        let name = file.to_string_lossy();
        name.ends_with(".cf") || name.ends_with(".cf.example")
    };
    files.retain(named);
    files.sort();
    files
}

/// The file, converted, and held to the law.
fn converted(name: &str, text: &str, model: &Model) -> Converted {
    let converted = convert(name, text, model, &Names);
    assert_ne!(Dialect::of(&converted.text), Dialect::of(text), "{name}\n{}", converted.text);
    let reading = config::read(&converted.text, &Names);
    let errors = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    assert_eq!(errors.count(), 0, "{}", reading.render(name, &converted.text, false));
    let found = reading.model.unwrap();
    let is_told = |what: &str| converted.lost.iter().any(|lost| lost.contains(what));
    if model.settings != found.settings {
        assert!(!converted.lost.is_empty(), "{name}: {:?} {:?}", model.settings, found.settings);
    }
    let failovers = model.cluster.as_ref().is_some_and(|cluster| !cluster.failovers.is_empty());
    assert!(
        model.cluster == found.cluster || is_told("cluster") || failovers && is_told("failover"),
        "{name}\n{}\n{:#?}",
        converted.text,
        model.cluster
    );
    for one in &model.virtuals {
        let again = found.virtuals.iter().find(|again| again.service.id == one.service.id);
        let id = one.service.id.to_string();
        let same = again == Some(one);
        assert!(same || is_told(&id), "{name}\n{}\n{one:#?}\n{again:#?}", converted.text);
    }
    let ids = |model: &Model| model.virtuals.iter().map(|one| one.service.id).collect::<Vec<_>>();
    if converted.lost.is_empty() {
        assert_eq!(ids(model), ids(&found));
    }
    converted
}
