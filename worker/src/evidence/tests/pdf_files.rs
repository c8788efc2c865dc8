//! Writes the PDF files that the tests hand in.

/// Pages of one size (`llx lly urx ury`), each with a blue square.
pub(super) fn of_pages(count: usize, size: &str) -> Vec<u8> {
    written(count, size, "0 0 1 rg 10 10 20 20 re f", "")
}

/// One page of A4 with these drawing operations.
pub(super) fn drawn(operations: &str) -> Vec<u8> {
    written(1, "0 0 595 842", operations, "")
}

/// A page on which a hundred thousand curves cross each other, which takes any renderer minutes.
pub(super) fn spinning() -> Vec<u8> {
    let curve = "0 0 m 595 842 0 842 595 0 c 0 842 595 0 0 0 c f*\n";
    drawn(&format!("/GS gs\n{}", curve.repeat(100_000)))
}

/// A file that says it is encrypted with a password that nobody has.
pub(super) fn locked() -> Vec<u8> {
    let secret = "0".repeat(64);
    let encryption = format!(
        "/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <{secret}> /U <{secret}> >> /ID [<00> <00>]"
    );
    written(1, "0 0 595 842", "", &encryption)
}

fn written(count: usize, size: &str, operations: &str, trailer: &str) -> Vec<u8> {
    let kids: Vec<String> = (0..count).map(|page| format!("{} 0 R", page + 4)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {count} >>", kids.join(" ")),
        format!(
            "<< /Length {} >>\nstream\n{operations}\nendstream",
            operations.len() + 1
        ),
    ];
    objects.extend((0..count).map(|_| format!("<< /Type /Page /Parent 2 0 R /MediaBox [{size}] /Contents 3 0 R >>")));
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(format!("{:010} 00000 n \n", file.len()));
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", number + 1).into_bytes());
    }
    let table_at = file.len();
    let total = objects.len() + 1;
    file.extend(format!("xref\n0 {total}\n0000000000 65535 f \n{}", offsets.concat()).into_bytes());
    file.extend(
        format!("trailer << /Size {total} /Root 1 0 R {trailer} >>\nstartxref\n{table_at}\n%%EOF\n").into_bytes(),
    );
    file
}
