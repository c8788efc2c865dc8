//! Mails over SMTP, through one pool of connections for the whole process.

use domain::error::{Error, Result};
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

/// How long a server may take for one mail.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// Sends mails.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// A mail about to be sent.
pub struct Mail<'a> {
    /// The same for every try, so that a receiver who sees one twice knows.
    pub id: &'a str,
    /// Whom it goes to.
    pub to: &'a str,
    /// The subject.
    pub subject: &'a str,
    /// The text.
    pub text: String,
    /// Where answers go, when not to the sender.
    pub reply_to: Option<String>,
    /// Where the receiver says that no more of these are wanted, by RFC 8058.
    pub unsubscribe: Option<String>,
}

/// Why a mail was not sent.
#[derive(Debug)]
pub enum MailFault {
    /// The server will never take it: a stable code.
    Refused(&'static str),
    /// It may take it later.
    Later,
}

impl Mailer {
    /// A mailer for a server's address, `smtp://…` or `smtps://…`.
    pub fn open(url: &str, from: &str) -> Result<Self> {
        let unusable =
            |field: &'static str| Error::invalid("mail-configuration", field, "the mail settings are not usable");
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| unusable("smtp_url"))?;
        Ok(Self {
            transport: transport.timeout(Some(PATIENCE)).build(),
            from: from.parse().map_err(|_| unusable("mail_from"))?,
        })
    }

    /// Whether the server would take a mail now.
    pub async fn answers(&self) -> bool {
        self.transport.test_connection().await.unwrap_or(false)
    }

    /// Hands a mail to the server; it is sent once this returns.
    pub async fn send(&self, mail: Mail<'_>) -> Result<(), MailFault> {
        let to: Address = mail.to.parse().map_err(|_| MailFault::Refused("address-unusable"))?;
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .subject(mail.subject)
            .header(ContentType::TEXT_PLAIN);
        if let Some(address) = &mail.reply_to {
            let address: Address = address.parse().map_err(|_| MailFault::Refused("mail-unusable"))?;
            builder = builder.reply_to(Mailbox::new(None, address));
        }
        if let Some(address) = mail.unsubscribe {
            builder = builder.header(Unsubscribe(address)).header(UnsubscribePost);
        }
        let message = builder
            .body(mail.text)
            .map_err(|_| MailFault::Refused("mail-unusable"))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(fault) if fault.is_permanent() => Err(MailFault::Refused("mail-refused")),
            Err(_) => Err(MailFault::Later),
        }
    }
}

/// `List-Unsubscribe` (RFC 2369).
#[derive(Clone)]
struct Unsubscribe(String);

impl Header for Unsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }
    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), format!("<{}>", self.0))
    }
}

/// `List-Unsubscribe-Post` (RFC 8058).
#[derive(Clone)]
struct UnsubscribePost;

impl Header for UnsubscribePost {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }
    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}
