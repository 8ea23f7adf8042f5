#[macro_use]
extern crate rocket;

#[get("/")]
fn index() -> &'static str {
    "lift off"
}

#[launch]
fn start() -> _ {
    rocket::build().mount("/", routes![index])
}
