fn main() {
    println!("migrated {}", shop::NAME);
}
