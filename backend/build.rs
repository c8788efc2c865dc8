//! Gathers what browsers are given (our styles and scripts, Tabler, its icons, Swagger UI) under names that carry their content's hash.
//!
//! The packages come from `npm ci`; nothing minified is kept in the repository. `src/assets.rs` embeds the folder written here.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// Served name and place below `node_modules`.
const PACKAGED: [(&str, &str); 5] = [
    ("chart.js", "chart.js/dist/chart.umd.min.js"),
    ("tabler.css", "@tabler/core/dist/css/tabler.min.css"),
    ("tus.js", "tus-js-client/dist/tus.min.js"),
    ("swagger-ui.css", "swagger-ui-dist/swagger-ui.css"),
    ("swagger-ui.js", "swagger-ui-dist/swagger-ui-bundle.js"),
];

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script where things are through the environment"
)]
fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("..");
    let out = PathBuf::from(std::env::var("OUT_DIR")?).join("assets");
    println!("cargo::rerun-if-changed=../templates");
    println!("cargo::rerun-if-changed=../package-lock.json");
    println!("cargo::rerun-if-changed=../node_modules/.package-lock.json");

    let packages = root.join("node_modules");
    if !packages.join(".package-lock.json").is_file() {
        return Err(
            "the pages' packages are not installed: run `npm ci` in the repository's root, then build again".into(),
        );
    }
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    fs::create_dir_all(&out)?;

    for (name, path) in PACKAGED {
        let text = fs::read_to_string(packages.join(path))
            .map_err(|error| format!("node_modules/{path}: {error}; run `npm ci` again"))?;
        write_asset(&out, name, without_source_map(&text).as_bytes())?;
    }
    for folder in ["css", "img", "js"] {
        for entry in fs::read_dir(root.join("templates/assets").join(folder))? {
            let path = entry?.path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .ok_or("an asset's name is not UTF-8")?;
            write_asset(&out, name, &fs::read(&path)?)?;
        }
    }
    let icons = fs::read_to_string(root.join("templates/assets/icons.txt"))?;
    write_asset(&out, "icons.svg", icon_sprite(&packages, &icons)?.as_bytes())
}

/// Writes `name` as `stem.<hash>.ext`, and beside it the gzip form where that is smaller.
fn write_asset(out: &Path, name: &str, content: &[u8]) -> Result<(), Box<dyn Error>> {
    let (stem, extension) = name
        .rsplit_once('.')
        .ok_or_else(|| format!("the asset {name} has no extension"))?;
    let hash = hex::encode(&Sha256::digest(content)[..8]);
    let hashed = format!("{stem}.{hash}.{extension}");
    fs::write(out.join(&hashed), content)?;

    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    let packed = encoder.finish()?;
    if packed.len() < content.len() {
        fs::write(out.join(format!("{hashed}.gz")), packed)?;
    }
    Ok(())
}

/// Source maps are not served, so their address would only cost every visitor with open developer tools a 404.
fn without_source_map(text: &str) -> String {
    text.lines()
        .filter(|line| !line.contains("# sourceMappingURL="))
        .collect::<Vec<_>>()
        .join("\n")
}

/// One SVG whose symbols are the named outline icons.
fn icon_sprite(packages: &Path, names: &str) -> Result<String, Box<dyn Error>> {
    let mut sprite = String::from("<svg xmlns=\"http://www.w3.org/2000/svg\">");
    for name in names.split_whitespace() {
        let path = packages.join(format!("@tabler/icons/icons/outline/{name}.svg"));
        let svg =
            fs::read_to_string(&path).map_err(|error| format!("icon {name} of templates/assets/icons.txt: {error}"))?;
        let start = svg
            .find("<svg")
            .and_then(|at| svg[at..].find('>').map(|end| at + end + 1))
            .ok_or("an icon without <svg>")?;
        let end = svg.rfind("</svg>").ok_or("an icon without </svg>")?;
        let shapes: Vec<&str> = svg[start..end]
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        sprite.push_str(&format!(
            "<symbol id=\"{name}\" viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.75\" stroke-linecap=\"round\" stroke-linejoin=\"round\">{}</symbol>",
            shapes.concat()
        ));
    }
    sprite.push_str("</svg>\n");
    Ok(sprite)
}
