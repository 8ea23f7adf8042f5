#[test]
fn adds() {
    assert_eq!(itoa::Buffer::new().format(1 + 1), "2");
}
