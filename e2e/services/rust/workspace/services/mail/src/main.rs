fn main() {
    println!("mail: {}", greeting::greeting());
}
