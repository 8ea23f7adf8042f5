include!(concat!(env!("OUT_DIR"), "/words.rs"));

#[derive(shout::Loud)]
struct Marker;

pub fn greeting() -> String {
    format!("{}, {} times {}", WORDS, itoa::Buffer::new().format(3), Marker::loud())
}
