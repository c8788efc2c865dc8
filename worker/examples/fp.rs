#![allow(clippy::print_stdout, clippy::unwrap_used)]
use domain::campaigns::profile::Profile;
use std::collections::BTreeMap;
use worker::imaging::*;
fn fp(path: &std::path::Path) -> Option<Fingerprint> {
    let profile = Profile::builtin("chsi-graduation").unwrap();
    inspect(&std::fs::read(path).ok()?, &profile, &Limits::default()).fingerprint
}
fn hd(a: &Hashes, b: &Hashes) -> (u32, u32) {
    ((a.gradient ^ b.gradient).count_ones(), (a.frequency ^ b.frequency).count_ones())
}
fn stats(name: &str, mut v: Vec<f64>) {
    if v.is_empty() { return; }
    v.sort_by(f64::total_cmp);
    let n = v.len();
    println!("{name:40} n {n} min {:.4} p1 {:.4} p50 {:.4} p99 {:.4} max {:.4}", v[0], v[n / 100], v[n / 2], v[n * 99 / 100], v[n - 1]);
}
fn main() {
    let t = "/work/shared/testdata/faces";
    // near duplicates
    let mut by_change: BTreeMap<String, Vec<(f64, f64, u32, u32, u32, u32)>> = BTreeMap::new();
    let csv = std::fs::read_to_string(format!("{t}/near_duplicates/near_duplicates.csv")).unwrap();
    let mut src: BTreeMap<String, Fingerprint> = BTreeMap::new();
    for line in csv.lines().skip(1) {
        let c: Vec<&str> = line.split(',').collect();
        let f = fp(&std::path::Path::new(t).join("near_duplicates").join(c[0])).unwrap();
        if c[2] == "source" { src.insert(c[1].into(), f); continue; }
        let s = &src[c[1]];
        let (d, m) = differences(&f, s);
        let (g, q) = hd(&f.hashes, &s.hashes);
        let (mg, mq) = hd(&f.mirrored, &s.hashes);
        by_change.entry(c[2].into()).or_default().push((d, m, g, q, mg, mq));
    }
    for (k, v) in &by_change {
        let mir = k == "mirror";
        stats(&format!("near {k}"), v.iter().map(|x| if mir { x.1 } else { x.0 }).collect());
        println!("     hash min(g,q): max {}", v.iter().map(|x| if mir { x.4.min(x.5) } else { x.2.min(x.3) }).max().unwrap());
    }
    // negatives: portraits + pairs
    let mut files: Vec<std::path::PathBuf> = Vec::new();
    for d in ["portraits", "pairs"] {
        for e in std::fs::read_dir(format!("{t}/{d}")).unwrap() { let p = e.unwrap().path(); if p.extension().is_some_and(|x| x == "jpg") { files.push(p); } }
    }
    files.sort();
    let fps: Vec<_> = files.iter().map(|p| fp(p).unwrap()).collect();
    let mut neg = Vec::new(); let mut near = 0;
    for i in 0..fps.len() { for j in 0..i {
        let (d, m) = differences(&fps[i], &fps[j]);
        let (g, q) = hd(&fps[i].hashes, &fps[j].hashes);
        if g.min(q) <= 12 { near += 1; }
        neg.push((d.min(m), i, j, g, q));
    } }
    neg.sort_by(|a, b| a.0.total_cmp(&b.0));
    let name = |i: usize| files[i].file_name().unwrap().to_str().unwrap().to_owned();
    for n in neg.iter().take(12) { println!("  neg {:.4} {} {} hash {} {}", n.0, name(n.1), name(n.2), n.3, n.4); }
    stats("negatives portraits+pairs", neg.iter().map(|n| n.0).collect());
    println!("shortlisted {near} of {}", neg.len());
    for b in std::env::args().skip(1) {
        let root = format!("/work/lab/imaging/data/x{b}");
        let truth: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(format!("/work/lab/imaging/data/batch{b}/ground_truth.json")).unwrap()).unwrap();
        let mut all = Vec::new();
        for f in truth["files"].as_array().unwrap() {
            let name = f["file"].as_str().unwrap().to_owned();
            let flags = f["flags"].to_string();
            if ["no_face", "corrupt", ].iter().any(|k| flags.contains(k)) { continue; }
            if let Some(p) = fp(&std::path::Path::new(&root).join(&name)) { all.push((name, f["person"].to_string(), flags, p)); }
        }
        let mut det: BTreeMap<String, String> = BTreeMap::new();
        for a in truth["anomalies"].as_array().unwrap() { if a["type"] == "near_duplicate_photo" { for f in a["files"].as_array().unwrap() { det.insert(f.as_str().unwrap().into(), a["detail"]["method"].to_string()); } } }
        let mut pos: BTreeMap<String, Vec<f64>> = BTreeMap::new(); let mut hmax: BTreeMap<String, u32> = BTreeMap::new();
        let mut neg = Vec::new(); let mut count = 0u64; let mut pairs = 0u64;
        for i in 0..all.len() { for j in 0..i {
            let (a, b) = (&all[i], &all[j]); pairs += 1;
            let (g, q) = hd(&a.3.hashes, &b.3.hashes);
            let same = a.1 == b.1 && !(a.2.contains("two_photos") || b.2.contains("two_photos"));
            let (mg, mq) = hd(&a.3.mirrored, &b.3.hashes);
            if same {
                let d = differences(&a.3, &b.3).0;
                let m = det.get(&a.0).or(det.get(&b.0)).cloned().unwrap_or("exact".into());
                pos.entry(m.clone()).or_default().push(d);
                let e = hmax.entry(m).or_default(); *e = (*e).max(g.min(q));
            } else if g.min(q) <= 12 || mg.min(mq) <= 12 || a.1 == b.1 || (i * 31 + j) % 97 == 0 {
                if g.min(q) <= 12 { count += 1; }
                let (d, m) = differences(&a.3, &b.3);
                neg.push((d.min(m), i, j, g, q));
            }
        } }
        for (k, v) in pos { stats(&format!("batch {b} {k}"), v); println!("    hash max {}", hmax[&k]); }
        neg.sort_by(|a, b| a.0.total_cmp(&b.0));
        for n in neg.iter().take(8) { println!("  neg {:.4} hash {} {} {} {} same person {}", n.0, n.3, n.4, all[n.1].2, all[n.2].2, all[n.1].1 == all[n.2].1); }
        println!("shortlisted {count} of {pairs}");
        stats("neg", neg.iter().map(|n| n.0).collect());
    }
}
