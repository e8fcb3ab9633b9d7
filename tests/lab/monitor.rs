//! The monitor file: every check of a real kernel's real servers, and what becomes of the file.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::machine::in_the_lab;
use super::net::{Family, Method};
use super::site::{Site, service};
use super::wait::wait_until;

#[test]
fn every_check_is_written_down_whatever_becomes_of_the_file() {
    in_the_lab(|| {
        let folder = Path::new("/tmp/monitored");
        fs::create_dir(folder).expect("a new folder");
        let (file, old) = (folder.join("web.log"), folder.join("web.log.1"));
        fs::create_dir("/tmp/resting").expect("a new folder");
        let config = format!(
            "checkinterval=1\nmaintenancedir=/tmp/resting\n{}",
            service(
                Method::Masq,
                Family::V4,
                80,
                &[1, 2],
                &["scheduler=rr", "checktype=connect", "monitorfile=\"/tmp/monitored/web.log\""]
            )
        );
        let site = Site::start(Method::Masq, 2, &config);
        let process = site.director.process();
        let said =
            |state: &str| format!("] [{process}] connect tcp 10.2.0.11 80 1 masq /  [{state}\n");
        wait_for(&file, &said("up] -"), 3);
        wait_for(&file, "connect tcp 10.2.0.12 80 2 masq /  [up] -\n", 3);

        site.servers[0].refuse();
        wait_for(&file, &said("down] connection refused"), 2);

        // as logrotate does it
        fs::rename(&file, &old).expect("a rename");
        wait_for(&file, &said("down] connection refused"), 2);

        // somebody tidies up: nothing is judged less, and the log has one word about it
        fs::rename(folder, "/tmp/away").expect("a rename");
        let lost =
            "monitor file /tmp/monitored/web.log cannot be written: No such file or directory";
        site.director.wait_for_log(lost);
        site.servers[0].listen();
        site.director.wait_for_log("Added real server: 10.2.0.11:80 (10.1.0.10:80)");
        site.servers[0].refuse();
        site.director.wait_for_log("Deleted real server: 10.2.0.11:80 (10.1.0.10:80)");
        assert_eq!(site.director.log().matches(lost).count(), 1);
        fs::create_dir(folder).expect("a new folder");
        site.director.wait_for_log("monitor file /tmp/monitored/web.log is written again");
        wait_for(&file, &said("down] connection refused"), 1);

        // a file that names one which cannot be written is refused, and nothing is created
        let wrong = config.replace("/tmp/monitored/", "/tmp/nowhere/");
        site.director.reload(&wrong);
        let why = "unable to open monitorfile /tmp/nowhere/web.log: No such file or directory";
        site.director.wait_for_log(why);
        assert!(!Path::new("/tmp/nowhere").exists());
        wait_for(&file, &said("down] connection refused"), 2);

        fs::write("/tmp/resting/10.2.0.12", "").expect("a file");
        let rests = "connect tcp 10.2.0.12 80 2 masq /  [down] Server in maintenance\n";
        wait_for(&file, rests, 1);
        let last = fs::read_to_string(&file).expect("it is there").matches(" [down] ").count();
        wait_for(&file, " [down] ", last + 2);
        let text = fs::read_to_string(&file).expect("it is there");
        assert_eq!(text.matches(rests).count(), 1, "it is told once, and not checked");
        assert_eq!(site.director.stop().code(), Some(0));
    });
}

/// Waits until so many lines of a file end so.
fn wait_for(file: &Path, end: &str, times: usize) {
    wait_until(&format!("{times} lines with {end:?}"), Duration::from_secs(20), || {
        let text = fs::read_to_string(file).unwrap_or_default();
        if text.matches(end).count() >= times { Ok(()) } else { Err(text) }
    });
}
