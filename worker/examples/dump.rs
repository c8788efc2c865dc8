#![allow(clippy::print_stdout, clippy::unwrap_used)]
use domain::campaigns::profile::Profile;
use worker::imaging::*;
use std::time::Instant;
fn main() {
    let profile = Profile::builtin(&std::env::var("PROFILE").unwrap_or("chsi-graduation".into())).unwrap();
    let out = std::env::var("OUT").ok();
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).unwrap();
        let t = Instant::now();
        let i = inspect(&bytes, &profile, &Limits::default());
        let ms = t.elapsed().as_secs_f64() * 1e3;
        let name = path.rsplit('/').next().unwrap();
        let codes: Vec<String> = i.findings.iter().map(|f| format!("{}:{}{}", f.code, f.severity.as_str(), f.value.map(|v| format!("={v:.2}")).unwrap_or_default())).collect();
        let m = &i.measurements;
        let g = |v: Option<f64>| v.map(|v| format!("{v:.2}")).unwrap_or("-".into());
        let st = i.standard.as_ref().map(|s| format!("{}B q{} kept={}", s.jpeg.len(), s.quality, s.kept)).unwrap_or("-".into());
        println!("{name}\t{}\thue {} sat {} li {} spread {} cloth {}\tsubj {} border {} sh {} hi {} clip {} edge {}\tcrown {} w {} off {}\t{st}\t{ms:.1}ms\t{}", codes.join(" "),
            g(m.backdrop_hue_deg), g(m.backdrop_saturation), g(m.backdrop_lightness), g(m.backdrop_spread), g(m.cloth_share), g(m.subject_share), g(m.border_px), g(m.shadow), g(m.highlight), g(m.clipped_share), g(m.edge_width_px), g(m.crown_px), g(m.head_width_px), g(m.off_centre_px), i.refusal.map(|r| r.to_string()).unwrap_or_default());
        if let (Some(o), Some(s)) = (&out, &i.standard) { std::fs::write(format!("{o}/{name}.jpg"), &s.jpeg).unwrap(); }
    }
}
