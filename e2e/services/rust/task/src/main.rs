fn main() {
    println!("tidied {} things", tidy(21));
}

fn tidy(n: u32) -> u32 {
    n * 2
}

#[test]
fn twice() {
    assert_eq!(tidy(2), 4);
}
