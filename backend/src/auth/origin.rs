//! Where a request comes from: for the audit trail, the list of sessions and the brake on guessing.

use std::net::IpAddr;

use domain::accounts::model::Origin;
use poem::http::header;
use poem::{Addr, Request};

/// The network address that asks. A proxy on this very machine is believed where it says for whom it asks; nobody else is.
pub fn address_of(request: &Request) -> Option<IpAddr> {
    let Addr::SocketAddr(peer) = &request.remote_addr().0 else {
        return None;
    };
    let forwarded = request.headers().get_all("x-forwarded-for").iter().next_back();
    Some(believed(peer.ip(), forwarded.and_then(|value| value.to_str().ok())))
}

fn believed(peer: IpAddr, forwarded: Option<&str>) -> IpAddr {
    let nearest = forwarded
        .and_then(|list| list.rsplit(',').next())
        .and_then(|address| address.trim().parse().ok());
    nearest.filter(|_| peer.is_loopback()).unwrap_or(peer)
}

/// The browsers and systems that people know by name, the more special first: Edge and Opera call themselves Chrome too.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("MicroMessenger/", "微信"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 6] = [
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// Where a session would be opened.
pub fn origin_of(request: &Request) -> Origin {
    let agent = request
        .headers()
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    Origin {
        address: address_of(request).map(|address| address.to_string()),
        browser: describe(agent),
    }
}

fn describe(agent: &str) -> Option<String> {
    let named = |table: [(&'static str, &'static str); 6]| {
        table
            .into_iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| name)
    };
    let words: Vec<&str> = [named(BROWSERS), named(SYSTEMS)].into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_on_this_machine_is_believed() {
        let from = |peer: &str, forwarded| believed(peer.parse().expect("an address"), forwarded).to_string();
        assert_eq!(from("127.0.0.1", Some("192.0.2.9, 203.0.113.7")), "203.0.113.7");
        assert_eq!(from("198.51.100.2", Some("203.0.113.7")), "198.51.100.2");
        assert_eq!(from("127.0.0.1", Some("nonsense")), "127.0.0.1");
        assert_eq!(from("127.0.0.1", None), "127.0.0.1");
    }

    #[test]
    fn a_browser_is_named_without_its_whole_text() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36 Edg/120";
        assert_eq!(describe(edge).as_deref(), Some("Edge · Windows"));
        assert_eq!(describe("curl/8"), None);
    }
}
