//! Where a webhook may lead: to an address that anybody on the internet could reach, so that nobody makes this server ask its own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::error::{Error, Result};

/// Characters of an address at most.
const MOST_CHARS: usize = 500;

/// Reads an address that people typed. Plain HTTP is for those who may lead into their own network.
pub fn parse(text: &str, may_be_private: bool) -> Result<Url> {
    let invalid = |advice: &'static str| Error::invalid("webhook-url", "url", advice);
    let text = text.trim();
    if text.chars().count() > MOST_CHARS {
        return Err(invalid("an address has at most 500 characters"));
    }
    let url = Url::parse(text).map_err(|_| invalid("write the whole address, beginning with https://"))?;
    if url.scheme() != "https" && !(may_be_private && url.scheme() == "http") {
        return Err(invalid("the address must begin with https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid(
            "no name and no password in the address: the signature says who asks",
        ));
    }
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(_)) => None,
        None => return Err(invalid("the address names no server")),
    };
    if literal.is_some_and(|address| !may_be_private && !is_public(address)) {
        return Err(invalid("the address leads into a private network"));
    }
    Ok(url)
}

/// Whether everybody on the internet means the same machine by this address (IANA's registries of special-purpose addresses).
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !is_special
}

/// Global unicast is `2000::/3`; within it documentation, 6to4, Teredo and the like lead elsewhere than they say.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let is_special = (first == 0x2001 && second < 0x0200) || (first, second) == (0x2001, 0x0db8) || first == 0x2002;
    (0x2000..=0x3fff).contains(&first) && !is_special && first != 0x3fff
}
