use poem::http::StatusCode;

use domain::accounts::commands::staff::{Manager, invite};
use domain::accounts::model::Role;

use crate::{App, EMAIL, PASSWORD, SIGNED_IN, body, form_token, header, invitation};

async fn sign_in(app: &App, fields: &[(&str, &str)]) -> poem::test::TestResponse {
    let page = app.client.get("/console/login").send().await;
    let cookie = header(&page, "set-cookie")
        .split(';')
        .next()
        .unwrap_or_default()
        .to_owned();
    let html = body(page).await;
    let token = html
        .split_once("name=\"csrf\" value=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .expect("a token")
        .0
        .to_owned();
    let mut form = vec![("csrf", token.as_str())];
    form.extend_from_slice(fields);
    app.client
        .post("/console/login")
        .header("cookie", cookie)
        .form(&form)
        .send()
        .await
}

#[tokio::test]
async fn strangers_are_sent_to_the_login_page_and_back() {
    let response = App::new()
        .await
        .client
        .get("/console/batches/128?list=review")
        .send()
        .await;
    response.assert_status(StatusCode::SEE_OTHER);
    assert_eq!(
        header(&response, "location"),
        "/console/login?next=%2Fconsole%2Fbatches%2F128%3Flist%3Dreview"
    );
}

#[tokio::test]
async fn signing_in_gives_a_new_cookie_and_leads_on() {
    let app = App::new().await;
    let fields = [
        ("email", "Lin@example.edu "),
        ("password", PASSWORD),
        ("next", "/console/recaptures"),
    ];
    let response = sign_in(&app, &fields).await;
    response.assert_status(StatusCode::SEE_OTHER);
    assert_eq!(header(&response, "location"), "/console/recaptures");
    let cookie = header(&response, "set-cookie");
    assert!(
        cookie.starts_with("rollproof=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
}

#[tokio::test]
async fn signing_in_never_leads_to_another_site() {
    let app = App::new().await;
    for next in ["https://evil.example", "//evil.example", "/console/logout"] {
        let response = sign_in(
            &app,
            &[("email", "lin@example.edu"), ("password", PASSWORD), ("next", next)],
        )
        .await;
        assert_eq!(header(&response, "location"), "/console", "{next}");
    }
}

#[tokio::test]
async fn refusals_are_worded_and_never_show_the_password() {
    let app = App::new().await;
    let refused = body(sign_in(&app, &[("email", "lin@example.edu"), ("password", "guess-1")]).await).await;
    assert!(refused.contains("邮箱或密码不对") && !refused.contains("guess-1"));
    let unknown = body(sign_in(&app, &[("email", "nobody@example.edu"), ("password", "guess-1")]).await).await;
    assert!(unknown.contains("邮箱或密码不对"));
}

#[tokio::test]
async fn the_fifth_wrong_password_locks_the_account_even_for_the_right_one() {
    let app = App::new().await;
    for _ in 0..4 {
        sign_in(&app, &[("email", EMAIL), ("password", "wrong")])
            .await
            .assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    for password in ["wrong", PASSWORD] {
        let locked = body(sign_in(&app, &[("email", EMAIL), ("password", password)]).await).await;
        assert!(locked.contains("15 分钟后再试"));
    }
}

#[tokio::test]
async fn signing_out_is_a_post_and_forgets_the_cookie() {
    let app = App::new().await;
    app.get("/console/logout")
        .send()
        .await
        .assert_status(StatusCode::METHOD_NOT_ALLOWED);
    let response = app
        .post("/console/logout")
        .form(&[("csrf", form_token(&app).await)])
        .send()
        .await;
    response.assert_status(StatusCode::SEE_OTHER);
    assert!(header(&response, "set-cookie").contains("Max-Age=0"));
}

#[tokio::test]
async fn a_used_link_says_so() {
    let app = App::new().await;
    let dead = app.get("/console/set-password/used").send().await;
    dead.assert_status(StatusCode::GONE);
    assert!(body(dead).await.contains("已经用过"));
}

#[tokio::test]
async fn a_link_sets_the_password_once_and_ends_the_sessions() {
    let app = App::new().await;
    let token = form_token(&app).await;
    let now_ms = app.house.clock.now_ms();
    let link = app
        .house
        .db
        .write_tx(move |conn| invite(conn, Manager::Operator, &invitation(Role::Registrar), now_ms))
        .await
        .expect("a link");
    let path = format!("/console/set-password/{link}");
    let short = [("csrf", token.as_str()), ("password", "short"), ("repeat", "short")];
    let response = app.post(&path).form(&short).send().await;
    response.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body(response).await.contains("至少要 12 个字符"));
    let fresh = [
        ("csrf", token.as_str()),
        ("password", "another long one"),
        ("repeat", "another long one"),
    ];
    app.post(&path)
        .form(&fresh)
        .send()
        .await
        .assert_status(StatusCode::SEE_OTHER);
    app.post(&path)
        .form(&fresh)
        .send()
        .await
        .assert_status(StatusCode::GONE);
    app.get("/console").send().await.assert_status(StatusCode::SEE_OTHER);
    sign_in(&app, &[("email", EMAIL), ("password", "another long one")])
        .await
        .assert_status(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_error_page_does_not_cost_the_visitor_the_cookie() {
    let response = App::new().await.client.get("/console/login/nothing").send().await;
    assert!(header(&response, "set-cookie").starts_with("rollproof="));
}

#[tokio::test]
async fn the_language_switch_is_remembered_and_returns() {
    let app = App::new().await;
    let token = form_token(&app).await;
    let form = [
        ("csrf", token.as_str()),
        ("language", "en"),
        ("back", "/console/batches?after=3"),
    ];
    let response = app.post("/language").form(&form).send().await;
    response.assert_status(StatusCode::SEE_OTHER);
    assert_eq!(header(&response, "location"), "/console/batches?after=3");
    assert!(header(&response, "set-cookie").starts_with("lang=en; Path=/;"));
    let page = app
        .client
        .get("/console/recaptures")
        .header("cookie", format!("{}; lang=en", SIGNED_IN))
        .send()
        .await;
    let html = body(page).await;
    assert!(html.contains("<html lang=\"en\">") && html.contains("Nobody has to be photographed again"));
}
